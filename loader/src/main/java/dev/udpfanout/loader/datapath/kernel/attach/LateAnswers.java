package dev.udpfanout.loader.datapath.kernel.attach;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * The interfaces whose last endpoint has left, while it may still answer what it was asked before: a drained receiver,
 * or a pod that ends in order. They keep their program for as long as a flow lives.
 */
final class LateAnswers {
    private final long patienceNanos;
    private final LongSupplier nanoTime;
    /** By interface; as many as have a program. */
    private final Map<Integer, Long> leftAtNanos = new HashMap<>();

    /**
     * @param patience how long an answer may be on its way at most
     * @param nanoTime as {@link System#nanoTime}
     */
    LateAnswers(Duration patience, LongSupplier nanoTime) {
        this.patienceNanos = patience.toNanos();
        this.nanoTime = nanoTime;
    }

    /**
     * Those that keep their program although no endpoint is behind them.
     *
     * @param attached the interfaces with a program
     * @param used those behind which endpoints are
     */
    Set<Integer> awaited(Set<Integer> attached, Set<Integer> used) {
        long now = nanoTime.getAsLong();
        leftAtNanos.keySet().retainAll(attached);
        leftAtNanos.keySet().removeAll(used);
        attached.stream()
                .filter(ifindex -> !used.contains(ifindex))
                .forEach(ifindex -> leftAtNanos.putIfAbsent(ifindex, now));
        return leftAtNanos.entrySet().stream()
                .filter(each -> now - each.getValue() < patienceNanos)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }
}
