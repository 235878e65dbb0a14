package dev.udpfanout.lab;

import dev.udpfanout.bindings.namespace.NetworkNamespace;
import dev.udpfanout.lab.process.Command;
import dev.udpfanout.lab.process.LabProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** One network namespace of a {@link Topology}. */
public final class LabNamespace {
    private static final Duration CALL_LIMIT = Duration.ofSeconds(30);

    private final String role;
    private final String name;
    private final Consumer<AutoCloseable> owner;

    LabNamespace(String role, String name, Consumer<AutoCloseable> owner) {
        this.role = role;
        this.name = name;
        this.owner = owner;
    }

    /** What it is in the topology: {@code client}, {@code node}, {@code pod1}. */
    public String role() {
        return role;
    }

    /** Its name on this machine, as {@code ip netns} lists it. */
    public String name() {
        return name;
    }

    /** Its file, for setns(2) and {@code nsenter --net=}. */
    public Path path() {
        return Path.of("/run/netns", name);
    }

    /**
     * Runs code on a fresh platform thread inside the namespace, for at most 30 s. A socket that it opens stays in the
     * namespace and can be used by any thread afterwards.
     *
     * @throws RuntimeException what the code threw; an IOException as UncheckedIOException, another checked exception
     *     as the cause of an IllegalStateException
     */
    public <T> T call(Callable<T> code) {
        return call(code, CALL_LIMIT);
    }

    /** As {@link #call(Callable)}, with a limit of its own: IllegalStateException when it has passed. */
    public <T> T call(Callable<T> code, Duration limit) {
        FutureTask<T> task = new FutureTask<>(() -> {
            NetworkNamespace.enter(path());
            return code.call();
        });
        Thread thread = named("call", task);
        thread.start();
        try {
            return task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw unchecked(e.getCause());
        } catch (TimeoutException e) {
            IllegalStateException late =
                    new IllegalStateException("code in " + role + " not done after " + limit.toMillis() + " ms");
            late.setStackTrace(thread.getStackTrace());
            thread.interrupt();
            throw late;
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while code ran in " + role, e);
        }
    }

    /**
     * An unstarted platform thread, a daemon, that enters this namespace before it runs the code: for receivers and the
     * like, which {@link #call} would not wait for.
     */
    public Thread thread(String purpose, Runnable code) {
        return named(purpose, () -> {
            NetworkNamespace.enter(path());
            code.run();
        });
    }

    /**
     * Runs a command inside. {@code nsenter --net} changes the network namespace alone; {@code ip netns exec} would
     * mount another /sys as well, and so hide bpffs.
     *
     * @return its standard output
     * @throws dev.udpfanout.lab.process.CommandFailedException with exit code and standard error if it fails
     */
    public String exec(String... argv) {
        return execWithInput("", argv);
    }

    /** As {@link #exec}, with text on the command's standard input. */
    public String execWithInput(String standardInput, String... argv) {
        return Command.run(entering(argv), standardInput, Command.DEFAULT_LIMIT);
    }

    /** Starts a program inside that keeps running; ended at the latest when the topology is closed. */
    public LabProcess start(String... argv) {
        return start(Map.of(), line -> {}, argv);
    }

    /**
     * Starts a program inside that keeps running.
     *
     * @param environment variables added to this process's own
     * @param onLine told of each line of its standard output and standard error
     */
    public LabProcess start(Map<String, String> environment, Consumer<String> onLine, String... argv) {
        return closedWithTopology(LabProcess.start(entering(argv), environment, onLine));
    }

    /** Has the topology close something of this namespace, such as a socket, before the namespace is removed. */
    public <T extends AutoCloseable> T closedWithTopology(T resource) {
        owner.accept(resource);
        return resource;
    }

    @Override
    public String toString() {
        return name;
    }

    private Thread named(String purpose, Runnable code) {
        return Thread.ofPlatform().daemon().name("lab-" + role + "-" + purpose).unstarted(code);
    }

    private List<String> entering(String... argv) {
        List<String> all = new ArrayList<>(List.of("nsenter", "--net=" + path(), "--"));
        all.addAll(List.of(argv));
        return all;
    }

    private static RuntimeException unchecked(Throwable thrown) {
        return switch (thrown) {
            case Error error -> throw error;
            case RuntimeException unchecked -> unchecked;
            case IOException io -> new UncheckedIOException(io);
            default -> new IllegalStateException(thrown);
        };
    }
}
