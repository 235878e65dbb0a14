package dev.udpfanout.loader.chaos.machine;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.LabNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Control groups for the daemon's CPU time and memory, of either version of cgroups(7). */
public final class ResourceLimits implements AutoCloseable {
    private static final Path ROOT = Path.of("/sys/fs/cgroup");
    private static final Path ENABLED = ROOT.resolve("cgroup.subtree_control");
    private static final int PERIOD_MICROS = 100_000;
    private static final Duration EMPTY_LIMIT = Duration.ofSeconds(5);

    private final Path cpu;
    private final Path memory;
    private final boolean isVersion2;

    private ResourceLimits(Path cpu, Path memory, boolean isVersion2) {
        this.cpu = cpu;
        this.memory = memory;
        this.isVersion2 = isVersion2;
    }

    /** Makes them for the run of a namespace; empty where this machine gives no such groups. */
    public static Optional<ResourceLimits> make(LabNamespace namespace) {
        try {
            boolean isVersion2 = Files.exists(ENABLED);
            if (isVersion2 && !Files.readAllLines(ENABLED).toString().contains("memory")) {
                Files.writeString(ENABLED, "+cpu +memory");
            }
            Path cpu = group(isVersion2 ? ROOT : ROOT.resolve("cpu"), namespace);
            Path memory = isVersion2 ? cpu : group(ROOT.resolve("memory"), namespace);
            return Optional.of(namespace.closedWithTopology(new ResourceLimits(cpu, memory, isVersion2)));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Path group(Path controller, LabNamespace namespace) throws IOException {
        for (Path leftover : RunFolder.leftIn(controller)) {
            Files.deleteIfExists(leftover);
        }
        return Files.createDirectory(RunFolder.in(controller, namespace, "limits"));
    }

    /** A command that obeys them from its first page of memory on. */
    public List<String> obeying(List<String> command) {
        String enter = groups().stream()
                .map(group -> "echo $$ > " + group.resolve("cgroup.procs") + " && ")
                .collect(Collectors.joining());
        List<String> all = new ArrayList<>(List.of("sh", "-c", enter + "exec \"$@\"", "sh"));
        all.addAll(command);
        return all;
    }

    /** Lets them have so much of one CPU's time. */
    public void cpuPercent(int percent) {
        int quota = PERIOD_MICROS * percent / 100;
        if (isVersion2) {
            write(cpu.resolve("cpu.max"), quota + " " + PERIOD_MICROS);
        } else {
            write(cpu.resolve("cpu.cfs_quota_us"), Integer.toString(quota));
        }
    }

    /** Lets them have as much CPU time as there is. */
    public void cpuUnlimited() {
        if (isVersion2) {
            write(cpu.resolve("cpu.max"), "max " + PERIOD_MICROS);
        } else {
            write(cpu.resolve("cpu.cfs_quota_us"), "-1");
        }
    }

    /**
     * Lets them have less memory than they use; the kernel takes back what it can, and then kills. Version 1 refuses a
     * limit below what it can take back, and gets the lowest that it does not refuse.
     *
     * @param percent of what they use
     */
    public void memoryPercent(int percent) {
        long used = memoryUsed();
        for (int allowed = percent; !isMemoryLimited(used * allowed / 100); allowed += 2) {
            if (allowed > 100) {
                throw new IllegalStateException("the kernel takes no limit for the memory of " + memory);
            }
        }
    }

    private boolean isMemoryLimited(long bytes) {
        try {
            Files.writeString(memoryLimit(), Long.toString(bytes));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Lets them have as much memory as there is. */
    public void memoryUnlimited() {
        write(memoryLimit(), isVersion2 ? "max" : "-1");
    }

    private long memoryUsed() {
        try {
            String file = isVersion2 ? "memory.current" : "memory.usage_in_bytes";
            return Long.parseLong(
                    Files.readAllLines(memory.resolve(file)).getFirst().strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path memoryLimit() {
        return memory.resolve(isVersion2 ? "memory.max" : "memory.limit_in_bytes");
    }

    private List<Path> groups() {
        return isVersion2 ? List.of(cpu) : List.of(cpu, memory);
    }

    private static void write(Path file, String value) {
        try {
            Files.writeString(file, value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        for (Path group : groups()) {
            // A killed process is in its group until it has been waited for.
            BoundedWait.until(() -> group.toFile().delete(), EMPTY_LIMIT);
        }
    }
}
