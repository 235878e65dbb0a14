package dev.udpfanout.loader.supervision;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/** All supervised threads of this process. Any thread may ask. */
public final class ThreadSupervision {
    private static final Set<SupervisedThread> THREADS = ConcurrentHashMap.newKeySet();
    private static final Map<String, LongAdder> RESTARTS = new ConcurrentHashMap<>();

    private ThreadSupervision() {}

    /** How they are doing now, and how often each kind had to be begun again so far. */
    public static ThreadsStatus status() {
        List<SupervisedThread> failing = THREADS.stream()
                .filter(thread -> !thread.failure().isEmpty())
                .sorted(Comparator.comparing(SupervisedThread::name))
                .toList();
        return new ThreadsStatus(
                RESTARTS.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue()
                        .sum())),
                texts(failing.stream().filter(thread -> !thread.isGivenUp()).toList()),
                texts(failing.stream().filter(SupervisedThread::isGivenUp).toList()));
    }

    private static List<String> texts(List<SupervisedThread> threads) {
        return threads.stream()
                .map(thread -> thread.name() + " (" + thread.failure() + ")")
                .toList();
    }

    static void add(SupervisedThread thread) {
        RESTARTS.computeIfAbsent(thread.role(), role -> new LongAdder());
        THREADS.add(thread);
    }

    static void remove(SupervisedThread thread) {
        THREADS.remove(thread);
    }

    static void restarted(String role) {
        RESTARTS.get(role).increment();
    }
}
