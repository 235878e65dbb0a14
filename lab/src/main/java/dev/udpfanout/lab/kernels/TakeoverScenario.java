package dev.udpfanout.lab.kernels;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * After kill -9 forwarding goes on; the next daemon takes over what it finds; detach leaves nothing.
 *
 * @param daemon under test
 */
record TakeoverScenario(Daemon daemon) implements Scenario {
    @Override
    public String name() {
        return "takeover";
    }

    @Override
    public void run(CheckReport report) throws Exception {
        Listener listener = new Listener(WayIn.DUMMY_INGRESS, false);
        try (Cluster cluster = new Cluster()) {
            cluster.leadVipTo(listener);
            try (Daemon.Run killed = daemon.start(cluster, List.of(listener))) {
                killed.kill();
            }
            report.add("killed", Outcome.ofSpread(cluster.send(listener), Cluster.DATAGRAMS, ", with nobody running"));
            try (Daemon.Run next = daemon.start(cluster, List.of(listener), "on_exit: keep", List.of())) {
                boolean adopted = next.lines().stream().anyMatch(line -> line.contains("adopted=true"));
                List<Long> byPod = cluster.send(listener);
                // Where the one before stopped is unknown: only what all pods have together is.
                boolean all = byPod.stream().mapToLong(Long::longValue).sum() == Cluster.DATAGRAMS;
                report.add("adopted", new Outcome(adopted && all, "adopted: " + adopted + ", by pod " + byPod));
            }
            if (daemon.isStarted()) {
                daemon.detach(cluster);
                report.add("detached", leftIn(cluster.topology().pinDirectory()));
            }
        }
    }

    private static Outcome leftIn(Path pins) throws IOException {
        if (!Files.exists(pins)) {
            return new Outcome(true, "left nothing");
        }
        try (Stream<Path> left = Files.walk(pins)) {
            List<Path> paths = left.toList();
            return new Outcome(paths.size() == 1, "left " + paths);
        }
    }
}
