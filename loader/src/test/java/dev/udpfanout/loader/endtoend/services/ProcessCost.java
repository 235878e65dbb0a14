package dev.udpfanout.loader.endtoend.services;

import dev.udpfanout.lab.process.LabProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** What a process costs, by {@code /proc}. */
public final class ProcessCost {
    private static final double TICKS_PER_SECOND = 100;

    private ProcessCost() {}

    /** User and system time: proc_pid_stat(5), fields 14 and 15. */
    public static double cpuSeconds(LabProcess process) throws IOException {
        String[] fields = Files.readAllLines(file(process, "stat"))
                .getFirst()
                .replaceFirst(".*\\) ", "")
                .split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
    }

    /** A figure of proc_pid_status(5): KiB, or a count. */
    public static long status(LabProcess process, String key) throws IOException {
        return Files.readAllLines(file(process, "status")).stream()
                .filter(line -> line.startsWith(key + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    /** How many files it has open. */
    public static long descriptors(LabProcess process) throws IOException {
        try (var open = Files.list(file(process, "fd"))) {
            return open.count();
        }
    }

    /** What the kernel says of the maps that it holds: {@code memlock} in proc_pid_fdinfo(5). */
    public static long mapsBytes(LabProcess process) throws IOException {
        long bytes = 0;
        try (var descriptors = Files.list(file(process, "fdinfo"))) {
            for (Path each : descriptors.toList()) {
                bytes += mapBytes(each);
            }
        }
        return bytes;
    }

    private static long mapBytes(Path descriptor) throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(descriptor);
        } catch (NoSuchFileException e) {
            // Closed meanwhile.
            return 0;
        }
        return lines.stream().noneMatch(line -> line.startsWith("map_id:"))
                ? 0
                : lines.stream()
                        .filter(line -> line.startsWith("memlock:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .sum();
    }

    private static Path file(LabProcess process, String name) {
        return Path.of("/proc", Long.toString(process.pid()), name);
    }
}
