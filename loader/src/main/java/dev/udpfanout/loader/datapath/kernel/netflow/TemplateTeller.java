package dev.udpfanout.loader.datapath.kernel.netflow;

import dev.udpfanout.loader.supervision.SupervisedThread;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.Supplier;

/**
 * A thread that takes what the program hands over, tells receivers what they could not be told at once, and tells all
 * of them all again at an interval, since a receiver that has restarted faster than anybody notices knows nothing.
 */
final class TemplateTeller implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

    /** So much at a time, with a pause behind it: at most 4,000 datagrams a second. */
    private static final int BATCH = 200;

    private static final Duration BATCH_PAUSE = Duration.ofMillis(50);
    private static final Duration BATCH_LIMIT = Duration.ofSeconds(1);
    private static final int MAX_TRIES = 10;
    /** Of what waits; beyond that, the next retelling has to do. */
    private static final int MAX_WAITING = 1 << 18;

    private final Supplier<Collection<ListenerExporters>> listeners;
    private final Supplier<Map<ListenerExporters, Set<InetSocketAddress>>> takeNews;
    private final Duration interval;
    private final TemplateSender sender = new TemplateSender();
    private final Deque<Telling> waiting = new ConcurrentLinkedDeque<>();
    private final Map<ListenerExporters, Queue<InetSocketAddress>> round = new HashMap<>();
    private final SupervisedThread thread =
            new SupervisedThread("netflow-templates", "netflow-templates", this::run, this::isStopping);
    private long roundBegunNanos = System.nanoTime();
    private boolean started;
    private volatile boolean stopping;

    /**
     * @param listeners with the key, at the moment
     * @param takeNews takes what the program has handed over; by listener, whose messages say anything new
     * @param interval of telling all again; zero for never
     */
    TemplateTeller(
            Supplier<Collection<ListenerExporters>> listeners,
            Supplier<Map<ListenerExporters, Set<InetSocketAddress>>> takeNews,
            Duration interval) {
        this.listeners = listeners;
        this.takeNews = takeNews;
        this.interval = interval;
    }

    /** Begins, if it has not yet; in the network namespace of the calling thread. */
    void start() {
        if (!started) {
            started = true;
            thread.start();
        }
    }

    private boolean isStopping() {
        return stopping;
    }

    /**
     * Tells these in time.
     *
     * @param left for which there was no time
     * @param failed which could not be sent
     */
    void add(Deque<Telling> left, Deque<Telling> failed) {
        if (waiting.size() + left.size() + failed.size() < MAX_WAITING) {
            waiting.addAll(left);
            failed.stream()
                    .map(Telling::again)
                    .filter(telling -> telling.tries() < MAX_TRIES)
                    .forEach(waiting::add);
        }
    }

    private void run() {
        try {
            while (!stopping) {
                takeNews.get();
                tellWaiting();
                tellAgain();
                listeners.get().forEach(each -> each.known().tidy());
                Thread.sleep(waiting.isEmpty() && round.isEmpty() ? PAUSE : BATCH_PAUSE);
            }
        } catch (InterruptedException e) {
            // Told to stop.
            Thread.currentThread().interrupt();
        }
    }

    private void tellWaiting() {
        Deque<Telling> batch = new ArrayDeque<>();
        for (Telling next = waiting.poll(); next != null; next = waiting.poll()) {
            if (next.listener().receivers().contains(next.receiver())) {
                batch.add(next);
            }
            if (batch.size() == BATCH) {
                break;
            }
        }
        send(batch);
    }

    private void send(Deque<Telling> batch) {
        Deque<Telling> failed = sender.send(batch, System.nanoTime() + BATCH_LIMIT.toNanos());
        add(batch, failed);
    }

    /** A batch of a round. */
    private void tellAgain() {
        if (round.isEmpty() && !interval.isZero() && System.nanoTime() - roundBegunNanos >= interval.toNanos()) {
            roundBegunNanos = System.nanoTime();
            listeners.get().forEach(each -> begin(each));
        }
        round.keySet().retainAll(listeners.get());
        round.values().removeIf(Queue::isEmpty);
        round.entrySet().stream().findFirst().ifPresent(each -> tellSome(each.getKey(), each.getValue()));
    }

    private void begin(ListenerExporters listener) {
        Set<InetSocketAddress> exporters = new LinkedHashSet<>();
        listener.known().all().forEach(message -> exporters.add(message.exporter()));
        round.put(listener, new ArrayDeque<>(exporters));
    }

    /** An exporter may change a template while the earlier one is on its way: then what holds is told after it. */
    private void tellSome(ListenerExporters listener, Queue<InetSocketAddress> exporters) {
        Set<InetSocketAddress> some = new LinkedHashSet<>();
        int datagrams = 0;
        while (!exporters.isEmpty() && datagrams < BATCH) {
            some.add(exporters.poll());
            datagrams += Math.max(1, listener.receivers().size());
        }
        tell(listener, some);
        Set<InetSocketAddress> changed = takeNews.get().getOrDefault(listener, Set.of());
        some.retainAll(changed);
        tell(listener, some);
    }

    private void tell(ListenerExporters listener, Set<InetSocketAddress> exporters) {
        if (exporters.isEmpty()) {
            return;
        }
        send(Telling.of(
                listener,
                Telling.Why.RETOLD,
                listener.known().all().stream()
                        .filter(message -> exporters.contains(message.exporter()))
                        .toList(),
                listener.receivers()));
    }

    @Override
    public void close() {
        stopping = true;
        thread.interrupt();
        thread.join(STOP_TIMEOUT);
    }
}
