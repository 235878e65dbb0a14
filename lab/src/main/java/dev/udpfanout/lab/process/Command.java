package dev.udpfanout.lab.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Runs a command to its end, within a time limit. The lab may spawn {@code ip}, {@code tc} and their like; the product
 * never does.
 */
public final class Command {
    /** What a command gets that names no limit of its own. */
    public static final Duration DEFAULT_LIMIT = Duration.ofSeconds(20);

    private Command() {}

    /**
     * Runs a command without input within {@link #DEFAULT_LIMIT}.
     *
     * @return its standard output
     * @throws CommandFailedException if it does not exit with 0
     */
    public static String run(List<String> argv) {
        return run(argv, "", DEFAULT_LIMIT);
    }

    /**
     * Runs a command.
     *
     * @param argv the program, looked for on the PATH, and its arguments; no shell is involved
     * @param standardInput what it reads, as UTF-8; may be empty
     * @param limit after which it is killed
     * @return its standard output
     * @throws CommandFailedException if it cannot be started, does not exit with 0, or is not done in time
     */
    public static String run(List<String> argv, String standardInput, Duration limit) {
        Process process = start(argv);
        try {
            CompletableFuture<String> out = drained(process.getInputStream(), limit);
            CompletableFuture<String> err = drained(process.getErrorStream(), limit);
            feed(process, standardInput);
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new CommandFailedException(
                        argv, CommandFailedException.NO_EXIT_CODE, "not done after " + limit.toMillis() + " ms");
            }
            if (process.exitValue() != 0) {
                throw new CommandFailedException(argv, process.exitValue(), err.join());
            }
            return out.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailedException(argv, CommandFailedException.NO_EXIT_CODE, "interrupted");
        } finally {
            process.destroyForcibly();
        }
    }

    private static Process start(List<String> argv) {
        ProcessBuilder builder = new ProcessBuilder(argv);
        builder.environment().put("LC_ALL", "C");
        try {
            return builder.start();
        } catch (IOException e) {
            throw new CommandFailedException(argv, CommandFailedException.NO_EXIT_CODE, e.getMessage());
        }
    }

    private static void feed(Process process, String standardInput) {
        try (OutputStream in = process.getOutputStream()) {
            in.write(standardInput.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // The command ended before it had read all: its exit code and standard error say why.
        }
    }

    private static CompletableFuture<String> drained(InputStream stream, Duration limit) {
        CompletableFuture<String> text = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try (stream) {
                text.complete(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                text.completeExceptionally(new UncheckedIOException(e));
            }
        });
        // A child of the command's may hold the stream open after the command has ended.
        return text.orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS);
    }
}
