package dev.udpfanout.lab.kernels;

import dev.udpfanout.lab.process.LabProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A daemon that may not use bpf(2), as where the node's policy forbids it, serves all the same: from user space.
 *
 * @param daemon its executable
 * @param withDaemon false for the self-test
 */
record RefusedBpfScenario(Path daemon, boolean withDaemon) implements Scenario {
    private static final List<String> WITHOUT_BPF =
            List.of("setpriv", "--bounding-set=-bpf,-sys_admin,-perfmon", "--inh-caps=-bpf,-sys_admin,-perfmon");

    @Override
    public String name() {
        return "bpf-refused";
    }

    @Override
    public Outcome run() throws Exception {
        try (Cluster cluster = new Cluster(false)) {
            cluster.leadVipToDummy();
            if (!withDaemon) {
                return Cluster.judged(cluster.send(WayIn.AUTO), ", without daemon");
            }
            List<String> command = new ArrayList<>(WITHOUT_BPF);
            command.add(daemon.toString());
            try (LabProcess process = cluster.launch(command, WayIn.AUTO, "")) {
                process.awaitLine("ready listeners=", Cluster.START_LIMIT);
                List<String> lines = process.lines();
                Outcome outcome = Cluster.judged(cluster.send(WayIn.AUTO), "");
                boolean attached = lines.stream().anyMatch(line -> line.contains("attached TC eBPF"));
                String transport = lines.stream()
                        .filter(line -> line.contains("transport="))
                        .findFirst()
                        .map(line -> line.replaceAll(".*(transport=\\S+).*", "$1"))
                        .orElse("");
                return attached || transport.isEmpty()
                        ? new Outcome(false, "did not switch to user space")
                        : new Outcome(outcome.passed(), outcome.detail() + ", switched to user space, " + transport);
            }
        }
    }
}
