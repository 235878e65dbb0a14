package dev.udpfanout.loader.endtoend.services;

import dev.udpfanout.lab.process.LabProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a process costs, by {@code /proc}. */
final class ProcessCost {
    private static final double TICKS_PER_SECOND = 100;

    private ProcessCost() {}

    /** User and system time: proc_pid_stat(5), fields 14 and 15. */
    static double cpuSeconds(LabProcess process) throws IOException {
        String[] fields = Files.readAllLines(file(process, "stat"))
                .getFirst()
                .replaceFirst(".*\\) ", "")
                .split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
    }

    /** A figure of proc_pid_status(5) that is in KiB. */
    static long kib(LabProcess process, String key) throws IOException {
        return Files.readAllLines(file(process, "status")).stream()
                .filter(line -> line.startsWith(key + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    /** How many files it has open. */
    static long descriptors(LabProcess process) throws IOException {
        try (var open = Files.list(file(process, "fd"))) {
            return open.count();
        }
    }

    private static Path file(LabProcess process, String name) {
        return Path.of("/proc", Long.toString(process.pid()), name);
    }
}
