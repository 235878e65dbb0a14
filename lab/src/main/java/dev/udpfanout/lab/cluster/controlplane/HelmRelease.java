package dev.udpfanout.lab.cluster.controlplane;

import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.process.Command;
import dev.udpfanout.lab.process.CommandFailedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The chart as a release of the cluster, by Helm's own engine and as an administrator. */
public final class HelmRelease {
    /** The release's name and its namespace. */
    public static final String NAME = "udp-fanout";

    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final List<String> prefix;

    HelmRelease(LabNamespace namespace, Path kubeconfig, Path chart) {
        prefix = List.of(
                "nsenter",
                "--net=" + namespace.path(),
                "--",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                HelmEngine.class.getName(),
                NAME,
                kubeconfig.toString(),
                chart.toString());
    }

    /**
     * {@code helm install} with the chart's own values.
     *
     * @return the revision and its state
     * @throws CommandFailedException with the engine's message if it is refused
     */
    public String install() {
        return run("install");
    }

    /** {@code helm upgrade --reuse-values --set VALUE}; else as {@link #install()}. */
    public String upgrade(String value) {
        return run("upgrade", value);
    }

    /** Back to the values of an earlier revision, by an upgrade; else as {@link #install()}. */
    public String back(int revision) {
        return run("back", Integer.toString(revision));
    }

    private String run(String... arguments) {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(arguments));
        return Command.run(command, "", LIMIT).strip();
    }
}
