package dev.udpfanout.lab.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A program that keeps running beside the test: the daemon, a {@code tcpdump}. Its standard output and standard error
 * are one stream of lines, kept and passed on as they come.
 */
public final class LabProcess implements AutoCloseable {
    private static final Duration DEFAULT_GRACE = Duration.ofSeconds(5);
    private static final int MAX_LINES_KEPT = 20_000;
    private static final int LINES_IN_MESSAGE = 20;

    private final List<String> argv;
    private final Process process;
    private final List<String> lines = new ArrayList<>();
    private final Thread reader;
    private boolean outputEnded;

    private LabProcess(List<String> argv, Process process, Consumer<String> onLine) {
        this.argv = argv;
        this.process = process;
        this.reader =
                Thread.ofPlatform().daemon().name("lab-output-" + process.pid()).start(() -> read(onLine));
    }

    /**
     * Starts a program.
     *
     * @param argv the program and its arguments
     * @param environment variables added to this process's own
     * @param onLine told of each line, on a thread of its own
     * @throws CommandFailedException if it cannot be started
     */
    public static LabProcess start(List<String> argv, Map<String, String> environment, Consumer<String> onLine) {
        ProcessBuilder builder = new ProcessBuilder(argv).redirectErrorStream(true);
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            return new LabProcess(List.copyOf(argv), process, onLine);
        } catch (IOException e) {
            throw new CommandFailedException(argv, CommandFailedException.NO_EXIT_CODE, e.getMessage());
        }
    }

    /** Its process id. */
    public long pid() {
        return process.pid();
    }

    /** Whether it still runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** What it has written up to now, oldest first; after 20,000 lines no more are kept. */
    public List<String> lines() {
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    /**
     * Waits for a line that holds a text; lines that came before the call count too.
     *
     * @return the first such line
     * @throws IllegalStateException if the program ends without it or the limit passes; with its last lines
     */
    public String awaitLine(String text, Duration limit) {
        return awaitLine(text, 0, limit);
    }

    /**
     * As {@link #awaitLine(String, Duration)}, but only lines from a position on count.
     *
     * @param fromLine how many lines to pass over: what {@code lines().size()} was before the cause
     */
    public String awaitLine(String text, int fromLine, Duration limit) {
        String line = awaitLineOrEnd(text, fromLine, limit);
        if (line != null) {
            return line;
        }
        String fate = !hasEnded()
                ? "did not say \"" + text + "\" within " + limit.toMillis() + " ms"
                : "ended with exit code " + awaitExit(DEFAULT_GRACE) + " before it said \"" + text + "\"";
        throw new IllegalStateException(program() + " (pid " + pid() + ") " + fate + "\nIts last lines:\n" + tail());
    }

    /**
     * Sends a signal, for example {@code "TERM"} or {@code "HUP"}, see kill(1).
     *
     * @throws CommandFailedException if it is gone
     */
    public void signal(String name) {
        Command.run(List.of("kill", "-" + name, Long.toString(pid())));
    }

    /**
     * Waits for the end.
     *
     * @return the exit code
     * @throws IllegalStateException if it still runs when the limit has passed
     */
    public int awaitExit(Duration limit) {
        try {
            if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                reader.join(limit);
                return process.exitValue();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new IllegalStateException(String.join(" ", argv) + " still runs after " + limit.toMillis() + " ms");
    }

    /**
     * Asks it to end with SIGTERM, and kills it and its children if it has not when the grace has passed.
     *
     * @return the exit code; 137 for one that had to be killed
     */
    public int stop(Duration grace) {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroy();
        try {
            return awaitExit(grace);
        } catch (IllegalStateException e) {
            process.destroyForcibly();
            return awaitExit(DEFAULT_GRACE);
        } finally {
            children.forEach(ProcessHandle::destroyForcibly);
        }
    }

    /** {@link #stop} with a grace of 5 s; nothing if it has ended already. */
    @Override
    public void close() {
        if (process.isAlive()) {
            stop(DEFAULT_GRACE);
        }
    }

    /** Null if the limit passes, or the output ends, without the line. */
    private String awaitLineOrEnd(String text, int fromLine, Duration limit) {
        long deadlineNs = System.nanoTime() + limit.toNanos();
        synchronized (lines) {
            String line = find(text, fromLine);
            long leftMs = limit.toMillis();
            try {
                while (line == null && !outputEnded && leftMs > 0) {
                    lines.wait(leftMs);
                    line = find(text, fromLine);
                    leftMs = TimeUnit.NANOSECONDS.toMillis(deadlineNs - System.nanoTime());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return line;
        }
    }

    private String find(String text, int fromLine) {
        return lines.stream()
                .skip(fromLine)
                .filter(line -> line.contains(text))
                .findFirst()
                .orElse(null);
    }

    private boolean hasEnded() {
        synchronized (lines) {
            return outputEnded;
        }
    }

    // What nsenter was told to run, not nsenter.
    private String program() {
        return argv.get(argv.indexOf("--") + 1);
    }

    private String tail() {
        List<String> all = lines();
        return all.stream()
                .skip(Math.max(0, all.size() - LINES_IN_MESSAGE))
                .map(line -> "  " + line)
                .collect(Collectors.joining("\n"));
    }

    private void read(Consumer<String> onLine) {
        try (BufferedReader output = process.inputReader()) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                // In this order, so that who has awaited a line finds it passed on already.
                onLine.accept(line);
                keep(line);
            }
        } catch (IOException e) {
            keep("(output unreadable: " + e.getMessage() + ")");
        } finally {
            synchronized (lines) {
                outputEnded = true;
                lines.notifyAll();
            }
        }
    }

    private void keep(String line) {
        synchronized (lines) {
            if (lines.size() < MAX_LINES_KEPT) {
                lines.add(line);
            }
            lines.notifyAll();
        }
    }
}
