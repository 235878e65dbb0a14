package dev.udpfanout.lab.kernels;

import dev.udpfanout.lab.process.LabProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * After kill -9 forwarding goes on; the next daemon takes over what it finds; detach leaves nothing.
 *
 * @param daemon its executable
 * @param withDaemon false for the self-test
 */
record TakeoverScenario(Path daemon, boolean withDaemon) implements Scenario {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Override
    public String name() {
        return "takeover";
    }

    @Override
    public Outcome run() throws Exception {
        try (Cluster cluster = new Cluster(false)) {
            cluster.leadVipToDummy();
            if (!withDaemon) {
                return Cluster.judged(cluster.send(WayIn.DUMMY_INGRESS), ", without daemon");
            }
            try (LabProcess killed = cluster.start(daemon, WayIn.DUMMY_INGRESS, "")) {
                killed.signal("KILL");
                killed.awaitExit(LIMIT);
            }
            Outcome orphaned = Cluster.judged(cluster.send(WayIn.DUMMY_INGRESS), ", nobody running");
            if (!orphaned.passed()) {
                return orphaned;
            }
            boolean adopted;
            try (LabProcess next = cluster.start(daemon, WayIn.DUMMY_INGRESS, "on_exit: keep")) {
                List<Long> byPod = cluster.send(WayIn.DUMMY_INGRESS);
                adopted = next.lines().stream().anyMatch(line -> line.contains("adopted=true"));
                if (!adopted || byPod.stream().mapToLong(Long::longValue).sum() != Cluster.DATAGRAMS) {
                    return new Outcome(false, "adopted: " + adopted + ", by pod " + byPod);
                }
            }
            cluster.topology()
                    .node()
                    .exec(
                            daemon.toString(),
                            "detach",
                            "--pin-dir",
                            cluster.topology().pinDirectory().toString());
            Path pins = cluster.topology().pinDirectory();
            if (Files.exists(pins)) {
                try (Stream<Path> left = Files.walk(pins)) {
                    List<Path> paths = left.toList();
                    if (paths.size() > 1) {
                        return new Outcome(false, "detach left " + paths);
                    }
                }
            }
            return new Outcome(true, "went on without a daemon, was adopted, and detach left nothing");
        }
    }
}
