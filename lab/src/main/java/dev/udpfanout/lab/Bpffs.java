package dev.udpfanout.lab;

import dev.udpfanout.lab.process.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The file system in which eBPF objects are pinned; Debian mounts it at boot, a container or a small VM may not. */
public final class Bpffs {
    /** Where everyone expects it. */
    public static final Path MOUNT_POINT = Path.of("/sys/fs/bpf");

    private Bpffs() {}

    /** Mounts it at {@link #MOUNT_POINT} if it is not there. It stays: others may pin there too. */
    public static void ensure() {
        if (!isMounted()) {
            Command.run(List.of("mount", "-t", "bpf", "bpf", MOUNT_POINT.toString()));
        }
    }

    /** Removes a folder of pins and all that is in it; what only they held is gone then. Nothing if it is not there. */
    static void remove(Path folder) {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> entries = Files.walk(folder)) {
            for (Path entry : entries.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(entry);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether a bpf file system is at {@link #MOUNT_POINT}; source: /proc/self/mounts, proc(5). */
    public static boolean isMounted() {
        try (Stream<String> mounts = Files.lines(Path.of("/proc/self/mounts"))) {
            return mounts.map(line -> line.split(" "))
                    .anyMatch(field ->
                            field.length > 2 && field[1].equals(MOUNT_POINT.toString()) && field[2].equals("bpf"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
