package dev.udpfanout.loader.supervision;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The threads that the daemon cannot do without.
 *
 * @param restarts how often threads of each kind failed and were started again
 * @param failing those that have failed not long ago, with the reason, and may work again
 * @param dead those that have failed so often in a row that they count as dead, with the reason
 */
public record ThreadsStatus(Map<String, Long> restarts, List<String> failing, List<String> dead) {
    public ThreadsStatus {
        restarts = Collections.unmodifiableMap(new TreeMap<>(restarts));
        failing = List.copyOf(failing);
        dead = List.copyOf(dead);
    }
}
