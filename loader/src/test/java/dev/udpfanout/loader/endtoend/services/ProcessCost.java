package dev.udpfanout.loader.endtoend.services;

import dev.udpfanout.lab.process.LabProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

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

    /** What the kernel says of the maps that it holds, each once, in bytes. */
    public static long mapsBytes(LabProcess process) throws IOException {
        return mapBytes(process).values().stream().mapToLong(Long::longValue).sum();
    }

    /** What the kernel says that each map takes which it holds, in bytes, by the map's number: proc_pid_fdinfo(5). */
    public static Map<Long, Long> mapBytes(LabProcess process) throws IOException {
        Map<Long, Long> bytes = new HashMap<>();
        try (var descriptors = Files.list(file(process, "fdinfo"))) {
            for (Path each : descriptors.toList()) {
                List<String> lines = lines(each);
                OptionalLong map = figure(lines, "map_id:");
                if (map.isPresent()) {
                    bytes.put(map.getAsLong(), figure(lines, "memlock:").orElseThrow());
                }
            }
        }
        return bytes;
    }

    /** Nothing of a descriptor that is closed by now. */
    private static List<String> lines(Path descriptor) throws IOException {
        try {
            return Files.readAllLines(descriptor);
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    private static OptionalLong figure(List<String> lines, String key) {
        return lines.stream()
                .filter(line -> line.startsWith(key))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst();
    }

    private static Path file(LabProcess process, String name) {
        return Path.of("/proc", Long.toString(process.pid()), name);
    }
}
