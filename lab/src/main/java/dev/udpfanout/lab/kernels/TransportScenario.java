package dev.udpfanout.lab.kernels;

import dev.udpfanout.lab.process.LabProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A transport of the user-space forwarder, asked for by name: it works where {@code probe} finds it supported, and where it does
 * not the daemon says so and ends.
 *
 * @param daemon its executable
 * @param withDaemon false for the self-test
 * @param way which transport
 */
record TransportScenario(Path daemon, boolean withDaemon, WayIn way) implements Scenario {
    @Override
    public String name() {
        return "transport-" + way.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private String transport() {
        return way.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public Outcome run() throws Exception {
        try (Cluster cluster = new Cluster(false)) {
            cluster.leadVipToDummy();
            if (!withDaemon) {
                return Cluster.judged(cluster.send(way), ", without daemon");
            }
            return isSupported(cluster) ? delivers(cluster) : isRefused(cluster);
        }
    }

    private boolean isSupported(Cluster cluster) {
        String probed;
        // It is a start of the daemon's Java as any other, and an emulated machine takes as long for it.
        try (LabProcess probe = cluster.topology().node().start(daemon.toString(), "probe", "--json")) {
            probe.awaitExit(Cluster.START_LIMIT);
            probed = String.join("\n", probe.lines());
        }
        Matcher present = Pattern.compile("\"transport " + transport() + "\",\"present\":\"(yes|no)\"")
                .matcher(probed);
        if (!present.find()) {
            throw new IllegalStateException("probe says nothing of " + transport() + ": " + probed);
        }
        return present.group(1).equals("yes");
    }

    private Outcome delivers(Cluster cluster) throws Exception {
        try (LabProcess process = cluster.start(daemon, way, "")) {
            boolean named =
                    process.lines().stream().anyMatch(line -> line.contains("transport=\"" + transport() + "\""));
            Outcome outcome = Cluster.judged(cluster.send(way), "");
            return named ? outcome : new Outcome(false, "the daemon does not say that it is " + transport());
        }
    }

    private Outcome isRefused(Cluster cluster) throws Exception {
        try (LabProcess process = cluster.launch(List.of(daemon.toString()), way, "")) {
            int exitCode = process.awaitExit(Cluster.START_LIMIT);
            String last = process.lines().getLast();
            return new Outcome(
                    exitCode != 0 && last.contains("io: " + transport()), "not on this kernel: " + last.strip());
        }
    }
}
