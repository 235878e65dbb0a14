package dev.udpfanout.lab;

import dev.udpfanout.lab.process.Command;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The namespaces of one network of the lab, with what was started in them and pinned for them. They are removed by
 * {@link #close}, at the JVM's exit, or, after a SIGKILL, by the next run.
 */
final class RunNamespaces implements AutoCloseable {
    private static final AtomicInteger COUNTER = new AtomicInteger();

    private final RunName run;
    private final Map<String, LabNamespace> namespaces = new LinkedHashMap<>();
    private final Deque<AutoCloseable> resources = new ArrayDeque<>();
    private final Thread shutdownHook = new Thread(this::remove, "lab-shutdown");
    private boolean removed;

    private RunNamespaces(RunName run, List<String> roles) {
        this.run = run;
        for (String role : roles) {
            namespaces.put(role, new LabNamespace(role, run.namespace(role), this::own));
        }
    }

    /**
     * Makes them, empty; {@link #establish} does the rest.
     *
     * @throws IllegalStateException without root
     */
    static RunNamespaces named(List<String> roles) {
        RootPrivilege.require();
        LeftoverSweep.run();
        RunNamespaces made = new RunNamespaces(RunName.ofThisProcess(COUNTER.incrementAndGet()), roles);
        Runtime.getRuntime().addShutdownHook(made.shutdownHook);
        return made;
    }

    /**
     * Makes the namespaces and what is in them; if that fails, nothing is left behind.
     *
     * @param isRouter which roles forward datagrams
     * @param batches what to have {@code ip -batch} do for a role, in this order
     */
    void establish(Predicate<String> isRouter, boolean ipv6, Map<String, String> batches) {
        try {
            String add = namespaces.values().stream()
                    .map(namespace -> "netns add " + namespace.name())
                    .collect(Collectors.joining("\n", "", "\n"));
            Command.run(List.of("ip", "-batch", "-"), add, Command.DEFAULT_LIMIT);
            for (LabNamespace namespace : namespaces.values()) {
                namespace.call(() -> {
                    NamespaceSettings.apply(isRouter.test(namespace.role()), ipv6);
                    return null;
                });
            }
            batches.forEach((role, batch) ->
                    Command.run(List.of("ip", "-n", get(role).name(), "-batch", "-"), batch, Command.DEFAULT_LIMIT));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    RunName run() {
        return run;
    }

    /** The namespace of a role. */
    LabNamespace get(String role) {
        LabNamespace namespace = namespaces.get(role);
        if (namespace == null) {
            throw new IllegalArgumentException("no namespace " + role + " among " + namespaces.keySet());
        }
        return namespace;
    }

    /**
     * A folder in bpffs for what a daemon in a namespace pins: not there yet, and removed with it. Mounts bpffs if need
     * be.
     */
    static Path pinDirectory(LabNamespace namespace) {
        Bpffs.ensure();
        return Bpffs.MOUNT_POINT.resolve(namespace.name());
    }

    /** Ends what was started in the namespaces, then removes them; a second call does nothing. */
    @Override
    public void close() {
        remove();
        try {
            Runtime.getRuntime().removeShutdownHook(shutdownHook);
        } catch (IllegalStateException e) {
            // The JVM is on its way out already and the hook runs or has run.
        }
    }

    private synchronized void own(AutoCloseable resource) {
        if (removed) {
            // Started while the JVM was being ended: nobody else would end it.
            IllegalStateException late = new IllegalStateException("the topology is closed");
            throw attempt(resource::close, late);
        }
        resources.push(resource);
    }

    private synchronized void remove() {
        if (removed) {
            return;
        }
        removed = true;
        RuntimeException failure = null;
        while (!resources.isEmpty()) {
            failure = attempt(resources.pop()::close, failure);
        }
        for (LabNamespace namespace : namespaces.values()) {
            failure = attempt(() -> LeftoverSweep.remove(namespace.name()), failure);
            failure = attempt(() -> Bpffs.remove(Bpffs.MOUNT_POINT.resolve(namespace.name())), failure);
        }
        if (failure != null) {
            throw failure;
        }
    }

    private static RuntimeException attempt(ClosingStep step, RuntimeException earlier) {
        try {
            step.run();
            return earlier;
        } catch (Exception e) {
            RuntimeException failure =
                    earlier == null ? new IllegalStateException("the lab is not all removed") : earlier;
            failure.addSuppressed(e);
            return failure;
        }
    }

    @FunctionalInterface
    private interface ClosingStep {
        void run() throws Exception;
    }
}
