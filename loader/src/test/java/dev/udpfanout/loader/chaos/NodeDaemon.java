package dev.udpfanout.loader.chaos;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.loader.chaos.machine.ResourceLimits;
import dev.udpfanout.loader.chaos.machine.WallClock;
import dev.udpfanout.loader.cli.Distribution;
import dev.udpfanout.loader.endtoend.AdminClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** The daemon as it is shipped, on the node, with its file; one process after the other. */
public final class NodeDaemon {
    static final Duration LIMIT = Duration.ofSeconds(40);

    /** Longer than any fault may take: whether a start took too long is the fault's to say, and the run goes on. */
    private static final Duration STARTED_LIMIT = Duration.ofSeconds(150);

    /** The memory limit of {@code k8s/daemonset-*.yaml}. */
    private static final long POD_BYTES = 256L << 20;

    private final LabNamespace node;
    private final Path folder;
    private final Path pins;
    private final Map<String, String> environment;
    private final Optional<ResourceLimits> limits;
    private NodeConfig config;
    private LabProcess process;

    /** @param folder for its files, with a {@code kubeconfig} */
    NodeDaemon(
            LabNamespace node,
            Path folder,
            Path pins,
            NodeConfig config,
            WallClock clock,
            Optional<ResourceLimits> limits) {
        this.node = node;
        this.folder = folder;
        this.pins = pins;
        this.config = config;
        this.limits = limits;
        this.environment = new HashMap<>(clock.environment());
        environment.put("KUBECONFIG", folder.resolve("kubeconfig").toString());
        environment.put("NODE_NAME", "node-a");
        environment.put("UDP_FANOUT_JAVA_OPTS", "-Djava.io.tmpdir=" + folder);
        // Its heap is as large as in the DaemonSet's pod.
        environment.put("UDP_FANOUT_CGROUP", folder.toString());
        write("memory.max", Long.toString(POD_BYTES));
        write("config.yaml", config.yaml());
    }

    /** What is in its file. */
    NodeConfig config() {
        return config;
    }

    /** Where it has pinned its maps. */
    public Path pins() {
        return pins;
    }

    /** Whether its process runs. */
    public boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** Starts one; it has set itself up when this returns. */
    void start() {
        List<String> command = command("run");
        process = node.start(
                environment,
                line -> {},
                limits.map(present -> present.obeying(command)).orElse(command).toArray(String[]::new));
        process.awaitLine("ready listeners=", STARTED_LIMIT);
    }

    /** Its process; another one after each start. */
    public LabProcess process() {
        return process;
    }

    /** Takes away all that a dead one has left. */
    void detach() {
        node.start(command("detach").toArray(String[]::new)).awaitExit(LIMIT);
    }

    private List<String> command(String name) {
        return List.of(
                Distribution.command(),
                name,
                "--config",
                folder.resolve("config.yaml").toString(),
                "--pin-dir",
                pins.toString());
    }

    /** Ends it by a signal of kill(1), and waits until it is gone. */
    void end(String signal) {
        if (isAlive()) {
            process.signal(signal);
            process.awaitExit(LIMIT);
        }
    }

    /** Sends it a signal that it survives. */
    void signal(String name) {
        process.signal(name);
    }

    /** Gives it another file, and waits until that is in force. */
    void configure(NodeConfig next) {
        double before = reloads("reloads_applied");
        config = next;
        write("config.yaml", next.yaml());
        await("the new file in force", () -> reloads("reloads_applied") > before);
    }

    /** When it has last put a file in force, by its own clock. */
    Instant lastConfigured() {
        return Instant.parse(page("/status").replaceAll("(?s).*\"applied_at\":\"([^\"]*)\".*", "$1"));
    }

    /** Replaces the file by nothing, as a script does that goes on when its disk is full; it is refused. */
    void truncateFile() {
        double before = reloads("reloads_refused");
        write("config.yaml", "");
        await("the empty file refused", () -> reloads("reloads_refused") > before);
    }

    /** Gives it the file again that it should have. */
    void restoreFile() {
        write("config.yaml", config.yaml());
        await("the file in force", () -> page("/status").contains("\"valid\":true"));
    }

    private double reloads(String result) {
        return Double.parseDouble(page("/status").replaceAll("(?s).*\"" + result + "\":(\\d+).*", "$1"));
    }

    private void write(String file, String text) {
        try {
            Path next = Files.writeString(folder.resolve("next"), text);
            Files.move(next, folder.resolve(file), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A page that it serves; empty if it does not answer. */
    String page(String path) {
        try {
            return admin().page(path);
        } catch (UncheckedIOException e) {
            return "";
        }
    }

    /** Asks it for its pages. */
    public AdminClient admin() {
        return new AdminClient(node);
    }

    /** Waits for something that it does while it lives. */
    void await(String what, BooleanSupplier condition) {
        boolean isOver = BoundedWait.until(() -> !isAlive() || condition.getAsBoolean(), LIMIT);
        if (!isOver || !isAlive()) {
            throw new IllegalStateException(
                    isAlive()
                            ? "not there after " + LIMIT.toSeconds() + " s: " + what
                            : "the daemon has ended with " + process.awaitExit(LIMIT));
        }
    }

    /** Its last lines. */
    List<String> lastLines(int count) {
        List<String> lines = process == null ? List.of() : process.lines();
        return lines.subList(Math.max(0, lines.size() - count), lines.size());
    }
}
