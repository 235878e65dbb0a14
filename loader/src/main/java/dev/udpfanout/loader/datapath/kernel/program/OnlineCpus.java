package dev.udpfanout.loader.datapath.kernel.program;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The CPUs on which the kernel may have a program run: all that are online, while the JVM counts those that this
 * process may use.
 */
final class OnlineCpus {
    /** For example {@code 0-3,6}: Documentation/admin-guide/cputopology.rst. */
    private static final Path LIST = Path.of("/sys/devices/system/cpu/online");

    private OnlineCpus() {}

    /** How many; where the kernel does not say, as many as the JVM knows of. */
    static int count() {
        try {
            return count(Files.readString(LIST).strip());
        } catch (IOException | NumberFormatException e) {
            return Runtime.getRuntime().availableProcessors();
        }
    }

    /** @param list ranges, both ends included, and single numbers, with commas between them */
    static int count(String list) {
        return Arrays.stream(list.split(","))
                .map(range -> range.split("-"))
                .mapToInt(ends -> Integer.parseInt(ends[ends.length - 1]) - Integer.parseInt(ends[0]) + 1)
                .sum();
    }
}
