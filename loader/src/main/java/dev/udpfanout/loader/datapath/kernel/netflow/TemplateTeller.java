package dev.udpfanout.loader.datapath.kernel.netflow;

import dev.udpfanout.loader.datapath.netflow.ExporterIntroduction;
import dev.udpfanout.loader.supervision.SupervisedThread;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/**
 * A thread that takes what the program hands over, tells receivers what they could not be told at once, and tells all
 * of them all again at an interval, since a receiver that has restarted faster than anybody notices knows nothing.
 */
final class TemplateTeller implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

    private static final int MAX_TRIES = 10;
    /** Of changes whose receivers are not told all yet; beyond that, the next retelling has to do. */
    private static final int MAX_WAITING = 64;
    /** Of messages that could not be sent. */
    private static final int MAX_FAILED = 1 << 16;

    private final Supplier<Collection<ListenerExporters>> listeners;
    private final Supplier<Map<ListenerExporters, Set<InetSocketAddress>>> takeNews;
    private final Duration interval;
    private final Queue<Telling> failed = new ConcurrentLinkedQueue<>();
    private final TemplateSender sender = new TemplateSender(this::addFailed);
    private final Deque<ListenerIntroduction> waiting = new ConcurrentLinkedDeque<>();
    private final Deque<ListenerIntroduction> round = new ArrayDeque<>();
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

    /** Tells the rest of it in time. */
    void add(ListenerIntroduction begun) {
        if (waiting.size() < MAX_WAITING) {
            waiting.add(begun);
        }
    }

    /** Tries again in time. Any thread. */
    void addFailed(Telling telling) {
        if (failed.size() < MAX_FAILED && telling.tries() + 1 < MAX_TRIES) {
            failed.add(telling.again());
        }
    }

    private void run() {
        try (sender) {
            while (!stopping) {
                takeNews.get();
                retry();
                if (!tellBatch(waiting)) {
                    beginRound();
                    tellBatch(round);
                }
                sender.close();
                listeners.get().forEach(each -> each.known().tidy());
                boolean isIdle = waiting.isEmpty() && round.isEmpty() && failed.isEmpty();
                Thread.sleep(isIdle ? PAUSE : ExporterIntroduction.BATCH_PAUSE);
            }
        } catch (InterruptedException e) {
            // Told to stop.
            Thread.currentThread().interrupt();
        }
    }

    private void retry() {
        int most = Math.min(failed.size(), ExporterIntroduction.BATCH_DATAGRAMS);
        for (int i = 0; i < most; i++) {
            Telling next = failed.poll();
            if (next.listener().receivers().contains(next.receiver())) {
                sender.send(next);
            }
        }
    }

    private void beginRound() {
        if (round.isEmpty() && !interval.isZero() && System.nanoTime() - roundBegunNanos >= interval.toNanos()) {
            roundBegunNanos = System.nanoTime();
            listeners.get().forEach(each -> round.add(introduction(each, 0)));
        }
    }

    private static ListenerIntroduction introduction(ListenerExporters listener, long sinceEpochMs) {
        return new ListenerIntroduction(listener, Telling.Why.RETOLD, sinceEpochMs, listener.receivers());
    }

    /**
     * A batch of the first one; whether there was one. An exporter may change a template while the earlier one is on
     * its way: then what holds is told after it.
     */
    private boolean tellBatch(Deque<ListenerIntroduction> introductions) {
        introductions.removeIf(each -> !listeners.get().contains(each.listener()));
        ListenerIntroduction first = introductions.peek();
        if (first == null) {
            return false;
        }
        long begunMs = System.currentTimeMillis() - NetflowListeners.CLOCK_STEP.toMillis();
        Set<InetSocketAddress> told = new HashSet<>();
        if (first.tellBatch(sender, told)) {
            introductions.remove(first);
        }
        Set<InetSocketAddress> changed = takeNews.get().getOrDefault(first.listener(), Set.of());
        if (changed.stream().anyMatch(told::contains)) {
            ListenerIntroduction again = introduction(first.listener(), begunMs);
            if (!again.tellBatch(sender, told)) {
                waiting.addFirst(again);
            }
        }
        return true;
    }

    @Override
    public void close() {
        stopping = true;
        thread.interrupt();
        thread.join(STOP_TIMEOUT);
    }
}
