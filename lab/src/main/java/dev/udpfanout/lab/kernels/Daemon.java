package dev.udpfanout.lab.kernels;

import dev.udpfanout.lab.process.LabProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The daemon under test.
 *
 * @param executable its {@code bin/udp-fanout}
 * @param isStarted false for the self-test: scenarios run, and must fail, without it
 */
record Daemon(Path executable, boolean isStarted) {
    /** An emulated machine whose host is busy verifies the programs for minutes. */
    static final Duration START_LIMIT = Duration.ofSeconds(600);

    private static final Duration LINE_LIMIT = Duration.ofSeconds(60);

    /** A daemon that runs, or with a self-test nothing. */
    static final class Run implements AutoCloseable {
        private final LabProcess process;

        private Run(LabProcess process) {
            this.process = process;
        }

        /** What it has said. */
        List<String> lines() {
            return process == null ? List.of() : process.lines();
        }

        /** Waits for a line. */
        void awaitLine(String text) {
            if (process != null) {
                process.awaitLine(text, LINE_LIMIT);
            }
        }

        /** Kills it, so that it puts nothing in order. */
        void kill() {
            if (process != null) {
                process.signal("KILL");
                process.awaitExit(LINE_LIMIT);
            }
        }

        /** By which method or transport a listener is served. */
        String served(int listenerId) {
            return lines().stream()
                    .filter(line -> line.contains("attached TC eBPF program")
                            || line.contains("listener_id=" + listenerId + " transport="))
                    .findFirst()
                    .map(line -> line.replaceAll(".*((?:method|transport)=\"[^\"]*\").*", ", $1"))
                    .orElse("");
        }

        @Override
        public void close() {
            if (process != null) {
                process.close();
            }
        }
    }

    /** Starts it with listeners and returns when it is ready; with a self-test not at all. */
    Run start(Cluster cluster, List<Listener> listeners) throws IOException {
        return start(cluster, listeners, "", List.of());
    }

    /**
     * As above.
     *
     * @param top more of the configuration's top level
     * @param prefix a command that becomes the daemon, such as setpriv and its options
     */
    Run start(Cluster cluster, List<Listener> listeners, String top, List<String> prefix) throws IOException {
        if (!isStarted) {
            return new Run(null);
        }
        LabProcess process = launch(cluster, listeners, top, prefix);
        process.awaitLine("ready listeners=", START_LIMIT);
        return new Run(process);
    }

    /** Starts it, and does not wait. */
    LabProcess launch(Cluster cluster, List<Listener> listeners, String top, List<String> prefix) throws IOException {
        StringBuilder yaml = new StringBuilder(top)
                .append("\nmetrics: { enabled: false }\nhealth: { enabled: false }\nlisteners:\n");
        listeners.forEach(listener -> yaml.append(cluster.yaml(listener)));
        Path config = Files.createTempFile("udp-fanout-kernels-", ".yaml");
        Files.writeString(config, yaml);
        List<String> command = new ArrayList<>(prefix);
        command.addAll(
                List.of(executable.toString(), "run", "--config", config.toString(), "--pin-dir", pins(cluster)));
        return cluster.topology()
                .node()
                .start(Map.of(), line -> System.out.println("    " + line), command.toArray(String[]::new));
    }

    /** What a command of it prints, once it has ended. */
    String output(Cluster cluster, String... arguments) {
        List<String> command = new ArrayList<>(List.of(executable.toString()));
        command.addAll(List.of(arguments));
        try (LabProcess process = cluster.topology().node().start(command.toArray(String[]::new))) {
            process.awaitExit(START_LIMIT);
            return String.join("\n", process.lines());
        }
    }

    /** Takes away all that a dead one has left. */
    void detach(Cluster cluster) {
        output(cluster, "detach", "--pin-dir", pins(cluster));
    }

    private static String pins(Cluster cluster) {
        return cluster.topology().pinDirectory().toString();
    }
}
