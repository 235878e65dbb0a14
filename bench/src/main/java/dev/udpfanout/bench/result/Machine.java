package dev.udpfanout.bench.result;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the figures hold for.
 *
 * @param kernel its release
 * @param processor as it calls itself
 * @param cpus online
 * @param clockSource what the kernel tells the time by
 * @param java the JVM's version
 * @param mitigations against speculation, by vulnerability: each helper call and indirect branch of the kernel pays for
 *     some
 */
public record Machine(
        String kernel, String processor, int cpus, String clockSource, String java, Map<String, String> mitigations) {
    private static final Path VULNERABILITIES = Path.of("/sys/devices/system/cpu/vulnerabilities");

    /** This one. */
    public static Machine here() {
        return new Machine(
                read(Path.of("/proc/sys/kernel/osrelease")),
                processorName(),
                Runtime.getRuntime().availableProcessors(),
                read(Path.of("/sys/devices/system/clocksource/clocksource0/current_clocksource")),
                Runtime.version().toString(),
                mitigationsHere());
    }

    private static String processorName() {
        return read(Path.of("/proc/cpuinfo"))
                .lines()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown");
    }

    private static Map<String, String> mitigationsHere() {
        try (Stream<Path> files = Files.list(VULNERABILITIES)) {
            return files.filter(file -> !read(file).equals("Not affected"))
                    .collect(Collectors.toMap(
                            file -> file.getFileName().toString(), Machine::read, (one, other) -> one, TreeMap::new));
        } catch (IOException e) {
            return Map.of();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return "unknown";
        }
    }
}
