package dev.udpfanout.bench.workers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * CPU time of a process's threads, nanoseconds by thread id: the first field of /proc/PID/task/TID/schedstat
 * (Documentation/scheduler/sched-stats.rst). The softirq work that a send does in the thread's context is in it.
 *
 * @param allNs of every thread
 * @param workersNs of those that forward
 */
record WorkerTimes(Map<String, Long> allNs, Map<String, Long> workersNs) {
    /** The JVM cuts "udp-fanout-worker-1-1" down to 15 characters, of which these are the first. */
    private static final String WORKER = "udp-fan";

    static WorkerTimes of(long pid) {
        Map<String, Long> all = new HashMap<>();
        Map<String, Long> workers = new HashMap<>();
        try (Stream<Path> tasks = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
            for (Path task : tasks.toList()) {
                try {
                    String id = task.getFileName().toString();
                    long ns = Long.parseLong(first(task.resolve("schedstat")).split(" ")[0]);
                    all.put(id, ns);
                    if (first(task.resolve("comm")).startsWith(WORKER)) {
                        workers.put(id, ns);
                    }
                } catch (NoSuchFileException e) {
                    // The thread has ended.
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new WorkerTimes(all, workers);
    }

    private static String first(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        return lines.isEmpty() ? "" : lines.getFirst();
    }

    /** What all threads have taken since then. */
    long sinceNs(WorkerTimes before) {
        return allNs.entrySet().stream()
                .mapToLong(each -> each.getValue() - before.allNs.getOrDefault(each.getKey(), 0L))
                .sum();
    }

    /** The share of the worker with the most of the workers' time since then: 0.5 if two had the same. */
    double busiestShare(WorkerTimes before) {
        List<Long> since = workersNs.entrySet().stream()
                .map(each -> each.getValue() - before.workersNs.getOrDefault(each.getKey(), 0L))
                .toList();
        long sum = since.stream().mapToLong(each -> each).sum();
        return sum == 0
                ? 0
                : (double) since.stream().mapToLong(each -> each).max().orElseThrow() / sum;
    }
}
