package dev.udpfanout.loader.doctor;

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
record NodeFiles(Path proc) {
    /**
     * A setting below {@code net} in /proc/sys, by its name with slashes; empty where the kernel has none, or it cannot
     * be read.
     */
    OptionalLong setting(String name) {
        return content("sys/net/" + name)
                .map(text -> OptionalLong.of(Long.parseLong(text.strip())))
                .orElse(OptionalLong.empty());
    }

    /** The lines of a file below /proc, without the empty ones; none if it is not there. */
    List<String> lines(String name) {
        return content(name)
                .map(text -> text.lines().filter(line -> !line.isBlank()).toList())
                .orElse(List.of());
    }

    /** Gives each line of a file that may be long to the reader; false if it is not there or cannot be read. */
    boolean read(String name, Consumer<String> reader) {
        try (Stream<String> lines = Files.lines(proc.resolve(name))) {
            lines.forEach(reader);
            return true;
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }

    /**
     * Line by line: Files.readString asks for one byte first, after which a sysctl has no more to say (proc_dointvec at
     * a position that is not 0).
     */
    private Optional<String> content(String name) {
        try {
            return Optional.of(String.join("\n", Files.readAllLines(proc.resolve(name))));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
