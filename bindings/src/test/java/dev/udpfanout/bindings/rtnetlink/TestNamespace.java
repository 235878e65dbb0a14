package dev.udpfanout.bindings.rtnetlink;

import dev.udpfanout.bindings.namespace.NetworkNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A network namespace for one test class, a thread that lives in it, and the ip and tc commands as a second opinion.
 */
public final class TestNamespace implements AutoCloseable {
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final long TIMEOUT_SECONDS = 20;

    private final String name = "udpfo-test-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet();
    private final Thread removal = new Thread(this::remove);
    private final ExecutorService thread = Executors.newSingleThreadExecutor();

    private TestNamespace() {}

    public static TestNamespace create() {
        TestNamespace namespace = new TestNamespace();
        command("ip", "netns", "add", namespace.name);
        Runtime.getRuntime().addShutdownHook(namespace.removal);
        namespace.run(() -> {
            NetworkNamespace.enter(Path.of("/run/netns", namespace.name));
            return null;
        });
        return namespace;
    }

    /** Runs something on the thread that lives in the namespace, and waits for it. */
    public <T> T run(Callable<T> task) {
        try {
            return thread.submit(task).get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError("in namespace " + name, e.getCause());
        } catch (Exception e) {
            throw new AssertionError("in namespace " + name, e);
        }
    }

    public RtnetlinkSocket socket() {
        return run(RtnetlinkSocket::open);
    }

    /** The standard output of {@code ip ...} in the namespace. */
    public String ip(String... arguments) {
        return command(
                Stream.concat(Stream.of("ip", "-n", name), Stream.of(arguments)).toArray(String[]::new));
    }

    /** The standard output of {@code bridge ...} in the namespace. */
    public String bridge(String... arguments) {
        return command(Stream.concat(Stream.of("bridge", "-n", name), Stream.of(arguments))
                .toArray(String[]::new));
    }

    /** The standard output of {@code tc ...} in the namespace. */
    public String tc(String... arguments) {
        return command(
                Stream.concat(Stream.of("tc", "-n", name), Stream.of(arguments)).toArray(String[]::new));
    }

    /** The value of a sysctl below /proc/sys, as the namespace sees it. */
    public String sysctl(String path) {
        return command("ip", "netns", "exec", name, "cat", "/proc/sys/" + path).strip();
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(removal);
        remove();
    }

    private void remove() {
        thread.shutdownNow();
        command("ip", "netns", "del", name);
    }

    private static String command(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new AssertionError(List.of(command) + " failed: " + output);
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
