package dev.udpfanout.loader.doctor.facts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What the kernel says of the network that this process is in.
 *
 * @param proc where proc(5) is mounted
 */
public record NodeFiles(Path proc) {
    /**
     * A setting below {@code net} in /proc/sys, by its name with slashes; empty where the kernel has none, or it cannot
     * be read.
     */
    public OptionalLong setting(String name) {
        return content("sys/net/" + name)
                .map(text -> OptionalLong.of(Long.parseLong(text.strip())))
                .orElse(OptionalLong.empty());
    }

    /**
     * Changes a setting below {@code net} in /proc/sys.
     *
     * @throws UncheckedIOException if it cannot be written, as in a container whose /proc/sys is read-only
     */
    public void set(String name, long value) {
        try {
            Files.writeString(proc.resolve("sys/net/" + name), Long.toString(value));
        } catch (IOException e) {
            throw new UncheckedIOException("failed to write net." + name.replace('/', '.') + ": " + e.getMessage(), e);
        }
    }

    /** The lines of a file below /proc, without the empty ones; none if it is not there. */
    public List<String> lines(String name) {
        return content(name)
                .map(text -> text.lines().filter(line -> !line.isBlank()).toList())
                .orElse(List.of());
    }

    /** Gives each line of a file that may be long to the reader; false if it is not there or cannot be read. */
    public boolean read(String name, Consumer<String> reader) {
        try (Stream<String> lines = Files.lines(path(name))) {
            lines.forEach(reader);
            return true;
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }

    /** What is below /proc/net is of the process's first thread (proc_pid_net(5)); of the calling one, below this. */
    private Path path(String name) {
        Path ofThread = proc.resolve("thread-self").resolve(name);
        return name.startsWith("net/") && Files.exists(ofThread) ? ofThread : proc.resolve(name);
    }

    /**
     * Line by line: Files.readString asks for one byte first, after which a sysctl has no more to say (proc_dointvec at
     * a position that is not 0).
     */
    private Optional<String> content(String name) {
        try {
            return Optional.of(String.join("\n", Files.readAllLines(path(name))));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
