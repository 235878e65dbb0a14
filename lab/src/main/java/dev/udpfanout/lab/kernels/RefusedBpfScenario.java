package dev.udpfanout.lab.kernels;

import java.util.List;

/**
 * A daemon that may not use bpf(2), as where the node's policy forbids it, serves all the same: from user space.
 *
 * @param daemon under test
 */
record RefusedBpfScenario(Daemon daemon) implements Scenario {
    private static final List<String> WITHOUT_BPF =
            List.of("setpriv", "--bounding-set=-bpf,-sys_admin,-perfmon", "--inh-caps=-bpf,-sys_admin,-perfmon");

    @Override
    public String name() {
        return "bpf-refused";
    }

    @Override
    public void run(CheckReport report) throws Exception {
        Listener listener = new Listener(WayIn.AUTO, false);
        try (Cluster cluster = new Cluster()) {
            cluster.leadVipTo(listener);
            try (Daemon.Run run = daemon.start(cluster, List.of(listener), "", WITHOUT_BPF)) {
                Outcome outcome = Outcome.ofSpread(cluster.send(listener), Cluster.DATAGRAMS, "");
                String served = run.served(0);
                report.add(
                        name(),
                        served.contains("transport=")
                                ? new Outcome(outcome.passed(), outcome.detail() + ", switched to user space" + served)
                                : new Outcome(false, "did not switch to user space; " + outcome.detail() + served));
            }
        }
    }
}
