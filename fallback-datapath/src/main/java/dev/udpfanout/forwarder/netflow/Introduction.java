package dev.udpfanout.forwarder.netflow;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.function.Function;

/**
 * What some receivers are told of exporters that they do not know. In both datapaths: at once for as long as traffic
 * may wait, then in batches with a pause behind each, so that a large memory and many receivers keep nobody from
 * starting. Each exporter is told as it is known when its turn comes, so that a template that was replaced meanwhile is
 * not told after the one that replaced it. One thread's at a time.
 *
 * @param <E> names an exporter
 * @param <M> a message of it
 * @param <R> a receiver
 */
public final class Introduction<E, M, R> {
    /** Longer than that, a change of receivers does not wait until those that join know all. */
    public static final Duration LONGEST_WAIT = Duration.ofMillis(500);

    /** The datagrams of a batch: with the pause, at most 4,000 a second. */
    public static final int BATCH_DATAGRAMS = 200;

    /** Between two batches. */
    public static final Duration BATCH_PAUSE = Duration.ofMillis(50);

    private final Queue<E> exporters;
    private final List<R> receivers;
    private E current;
    /** Datagrams of the current exporter that were sent: all receivers' of one message, then of the next. */
    private int sent;

    /** Sends a message to a receiver. */
    @FunctionalInterface
    public interface Sending<M, R> {
        /** What becomes of it is up to the callee: it is not told again here. */
        void send(M message, R receiver);
    }

    /**
     * @param exporters in the order in which they are told
     * @param receivers each of which is told all
     */
    public Introduction(Collection<E> exporters, List<R> receivers) {
        this.exporters = new ArrayDeque<>(receivers.isEmpty() ? List.of() : exporters);
        this.receivers = List.copyOf(receivers);
    }

    /** Who is told. */
    public List<R> receivers() {
        return receivers;
    }

    /**
     * Goes on until all is told, so many datagrams are sent, or the time is up.
     *
     * @param known what is known of an exporter now; nothing if it is forgotten
     * @param untilNs by {@link System#nanoTime()}
     * @return whether all is told
     */
    public boolean tell(Function<E, List<M>> known, Sending<M, R> by, int most, long untilNs) {
        List<M> messages = current == null ? List.of() : known.apply(current);
        int left = most;
        while (true) {
            if (sent >= messages.size() * receivers.size()) {
                current = exporters.poll();
                sent = 0;
                if (current == null) {
                    return true;
                }
                messages = known.apply(current);
                continue;
            }
            if (left == 0 || System.nanoTime() - untilNs >= 0) {
                return false;
            }
            M message = messages.get(sent / receivers.size());
            R receiver = receivers.get(sent % receivers.size());
            sent++;
            left--;
            by.send(message, receiver);
        }
    }
}
