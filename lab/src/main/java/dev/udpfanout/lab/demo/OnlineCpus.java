package dev.udpfanout.lab.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How many CPUs the kernel runs on: each balances on its own. More than availableProcessors() in a container with a CPU
 * limit.
 */
final class OnlineCpus {
    private static final Path LIST = Path.of("/sys/devices/system/cpu/online");

    private OnlineCpus() {}

    static int count() {
        try {
            return parse(Files.readString(LIST).strip());
        } catch (IOException e) {
            return Runtime.getRuntime().availableProcessors();
        }
    }

    /** Reads the kernel's list form, {@code 0-3,8}; source: Documentation/admin-guide/cputopology.rst. */
    static int parse(String list) {
        int count = 0;
        for (String range : list.split(",")) {
            String[] ends = range.split("-");
            count += Integer.parseInt(ends[ends.length - 1]) - Integer.parseInt(ends[0]) + 1;
        }
        return count;
    }
}
