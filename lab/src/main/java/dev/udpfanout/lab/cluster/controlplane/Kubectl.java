package dev.udpfanout.lab.cluster.controlplane;

import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.process.Command;
import dev.udpfanout.lab.process.CommandFailedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The real kubectl, of the version of the control plane. */
public final class Kubectl {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final List<String> prefix;

    Kubectl(KubernetesRelease release, LabNamespace namespace, Path kubeconfig) {
        prefix = List.of(
                "nsenter",
                "--net=" + namespace.path(),
                "--",
                release.program("kubectl"),
                "--kubeconfig=" + kubeconfig,
                "--cache-dir=" + kubeconfig.resolveSibling("kubectl-cache"));
    }

    /**
     * Runs it, for at most a minute.
     *
     * @return its standard output
     * @throws CommandFailedException if it does not exit with 0
     */
    public String run(String... arguments) {
        return runWithin(LIMIT, arguments);
    }

    /** As {@link #run}, with a limit of its own. */
    public String runWithin(Duration limit, String... arguments) {
        return run("", limit, arguments);
    }

    /** Applies manifests as text. */
    public String apply(String yaml) {
        return run(yaml, LIMIT, "apply", "-f", "-");
    }

    /** Whether it exits with 0. */
    public boolean succeeds(String... arguments) {
        try {
            run(arguments);
            return true;
        } catch (CommandFailedException e) {
            return false;
        }
    }

    private String run(String standardInput, Duration limit, String... arguments) {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(arguments));
        return Command.run(command, standardInput, limit);
    }
}
