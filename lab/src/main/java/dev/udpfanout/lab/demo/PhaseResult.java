package dev.udpfanout.lab.demo;

import dev.udpfanout.lab.traffic.ReceiverReport;
import dev.udpfanout.lab.traffic.SendReport;
import java.net.InetSocketAddress;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * What one phase of the demo brought. Counts are datagrams.
 *
 * @param title the heading of its column
 * @param sending what the client sent
 * @param pods what each pod got, pod1 first
 */
record PhaseResult(String title, SendReport sending, List<ReceiverReport> pods) {
    long sent() {
        return sending.sent();
    }

    /** Sent, and intact at no pod. */
    long lost() {
        return sent() - distinct();
    }

    /** Intact ones beyond the first with their sequence number, at the same pod or at another. */
    long duplicates() {
        return total(pod -> pod.sequences().cardinality() + pod.duplicates()) - distinct();
    }

    long reordered() {
        return total(ReceiverReport::reordered);
    }

    long corrupt() {
        return total(ReceiverReport::corrupt);
    }

    /** What was not this phase's. */
    long foreign() {
        return total(pod -> pod.foreign() + pod.tooShort() + pod.beyondLimit());
    }

    long checksumErrors() {
        return total(pod -> pod.kernel().checksumErrors());
    }

    /** Thrown away because a receiver was too slow. */
    long socketDrops() {
        return total(ReceiverReport::socketDrops);
    }

    /** The largest difference between two pods. */
    long spread() {
        return pods.stream().mapToLong(ReceiverReport::received).max().orElse(0)
                - pods.stream().mapToLong(ReceiverReport::received).min().orElse(0);
    }

    /** The source addresses that the pods saw, as text, in order. */
    Set<String> sources() {
        return pods.stream()
                .flatMap(pod -> pod.sources().keySet().stream())
                .map(PhaseResult::text)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    static String text(InetSocketAddress address) {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }

    private long distinct() {
        BitSet union = new BitSet();
        pods.forEach(pod -> union.or(pod.sequences()));
        return union.cardinality();
    }

    private long total(ToLongFunction<ReceiverReport> count) {
        return pods.stream().mapToLong(count).sum();
    }
}
