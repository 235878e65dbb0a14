package dev.udpfanout.loader.health;

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Set;

/** Which endpoint is to be probed when. Pure; for one thread. */
final class DueQueue {
    /** What nanoTime gives may overflow: only differences can be compared. */
    private final PriorityQueue<Due> queue =
            new PriorityQueue<>((one, other) -> Long.signum(one.atNanos() - other.atNanos()));

    private final Map<InetSocketAddress, Due> current = new HashMap<>();

    private record Due(InetSocketAddress endpoint, long atNanos) {}

    void put(InetSocketAddress endpoint, long atNanos) {
        Due due = new Due(endpoint, atNanos);
        Due before = current.put(endpoint, due);
        if (before != null) {
            queue.remove(before);
        }
        queue.add(due);
    }

    boolean contains(InetSocketAddress endpoint) {
        return current.containsKey(endpoint);
    }

    void retain(Set<InetSocketAddress> targets) {
        if (current.keySet().retainAll(targets)) {
            queue.removeIf(due -> !targets.contains(due.endpoint()));
        }
    }

    /** Takes out the endpoint that has been due longest, if any is due. */
    Optional<InetSocketAddress> take(long nowNanos) {
        Due first = queue.peek();
        if (first == null || first.atNanos() - nowNanos > 0) {
            return Optional.empty();
        }
        queue.poll();
        current.remove(first.endpoint());
        return Optional.of(first.endpoint());
    }

    OptionalLong nextNanos() {
        Due first = queue.peek();
        return first == null ? OptionalLong.empty() : OptionalLong.of(first.atNanos());
    }
}
