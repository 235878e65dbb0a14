package dev.udpfanout.loader.datapath.conntrack;

import dev.udpfanout.bindings.conntrack.TrackedFlows;
import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.loader.supervision.SupervisedThread;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes what leads past listeners: at once when a listener is served or its addresses change, then again and again,
 * ever more seldom. A sender that does not stop makes an entry anew before kube-proxy has its rules, and nobody tells
 * when it has them. A thread of its own does it, in the network namespace of the thread that made it.
 */
final class StaleFlowSweeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StaleFlowSweeper.class);
    private static final Path COUNT = Path.of("/proc/sys/net/netfilter/nf_conntrack_count");
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(5);

    /** So long for the first pass over a large table: for longer, nobody waits for it. */
    private static final Duration CLEAR_LIMIT = Duration.ofSeconds(10);

    /** How many times as long as a pass took the pause after it is at least: 1 % of the time. */
    private static final int PAUSE_FACTOR = 100;

    /** The same in the first minute after a change. */
    private static final int PAUSE_FACTOR_AT_FIRST = 10;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final SupervisedThread thread;
    private final Map<String, Long> totals = new HashMap<>();
    private Set<ListenerFront> fronts = Set.of();
    /** When each was told of first; removed once a pass has seen to it. */
    private final Map<ListenerFront, Long> unclearSinceNanos = new HashMap<>();

    private Set<String> unannounced = Set.of();
    private volatile Runnable observer = () -> {};
    private long dueNanos = System.nanoTime();
    private Duration pause = FIRST_PAUSE;
    private boolean refused;
    private volatile boolean closed;

    StaleFlowSweeper() {
        thread = new SupervisedThread("conntrack", "conntrack", this::run, () -> closed);
        thread.start();
    }

    /**
     * Tells what is served now.
     *
     * @param disturbed whether datagrams may have gone another way for a while, although that is the same as before
     */
    void follow(Set<ListenerFront> served, boolean disturbed) {
        lock.lock();
        try {
            if (disturbed || !served.equals(fronts)) {
                unannounced = served.stream().map(ListenerFront::listener).collect(Collectors.toSet());
                unclearSinceNanos.keySet().retainAll(served);
                served.stream()
                        .filter(front -> !fronts.contains(front))
                        .forEach(front -> unclearSinceNanos.put(front, System.nanoTime()));
                fronts = Set.copyOf(served);
                restart();
            }
        } finally {
            lock.unlock();
        }
    }

    private void restart() {
        dueNanos = System.nanoTime();
        pause = FIRST_PAUSE;
        changed.signalAll();
    }

    /** Looks at once, and then again as after a change: what is meant for listeners is led otherwise from now on. */
    void again() {
        lock.lock();
        try {
            restart();
        } finally {
            lock.unlock();
        }
    }

    /** Who is told, by this thread, when a front may have become clear. */
    void observe(Runnable newObserver) {
        observer = newObserver;
    }

    /** Whether a pass has deleted what led past a front that {@link #follow} told of, or nobody should wait for it. */
    boolean isClear(ListenerFront front) {
        lock.lock();
        try {
            Long sinceNanos = unclearSinceNanos.get(front);
            boolean isPassed = sinceNanos == null && fronts.contains(front);
            boolean isLate = sinceNanos != null && System.nanoTime() - sinceNanos > CLEAR_LIMIT.toNanos();
            return isPassed || isLate || refused;
        } finally {
            lock.unlock();
        }
    }

    /** How many were deleted, by listener; any thread may ask. */
    Map<String, Long> deleted() {
        lock.lock();
        try {
            Map<String, Long> all = new HashMap<>(totals);
            fronts.forEach(front -> all.putIfAbsent(front.listener(), 0L));
            return all;
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        for (Set<ListenerFront> due = awaitDue(); !closed; due = awaitDue()) {
            long beganNanos = System.nanoTime();
            Found found = sweep(due);
            done(found, System.nanoTime() - beganNanos);
            clear(due);
        }
    }

    private void clear(Set<ListenerFront> passed) {
        lock.lock();
        boolean isNews;
        try {
            isNews = unclearSinceNanos.keySet().removeAll(passed);
        } finally {
            lock.unlock();
        }
        if (isNews && !closed) {
            observer.run();
        }
    }

    /** The fronts, when it is their time; whatever there is when it is closed. */
    private Set<ListenerFront> awaitDue() {
        lock.lock();
        try {
            while (!closed) {
                long leftNanos = dueNanos - System.nanoTime();
                if (refused || fronts.isEmpty()) {
                    changed.await();
                } else if (leftNanos > 0) {
                    changed.awaitNanos(leftNanos);
                } else {
                    // Until the pass is done; a change that comes meanwhile makes the next one due.
                    dueNanos = System.nanoTime() + TimeUnit.DAYS.toNanos(1);
                    break;
                }
            }
            return fronts;
        } catch (InterruptedException e) {
            // Closing.
            return Set.of();
        } finally {
            lock.unlock();
        }
    }

    private void done(Found pass, long tookNanos) {
        Map<String, Long> found = pass.byListener();
        lock.lock();
        try {
            found.forEach((listener, count) -> totals.merge(listener, count, Long::sum));
            int factor = pass.isAll() ? pause.equals(LONGEST_PAUSE) ? PAUSE_FACTOR : PAUSE_FACTOR_AT_FIRST : 1;
            long pauseNanos = Math.max(pass.isAll() ? pause.toNanos() : 0, tookNanos * factor);
            dueNanos = Math.min(dueNanos, System.nanoTime() + pauseNanos);
            Duration next = pause.multipliedBy(2);
            pause = next.compareTo(LONGEST_PAUSE) < 0 ? next : LONGEST_PAUSE;
            Set<String> toAnnounce = new HashSet<>(unannounced);
            toAnnounce.retainAll(found.keySet());
            toAnnounce.forEach(listener -> LOG.atInfo()
                    .addKeyValue("listener", listener)
                    .addKeyValue("entries", found.get(listener))
                    .log("deleted entries of connection tracking that led datagrams past the listener"));
            unannounced = unannounced.stream()
                    .filter(listener -> !toAnnounce.contains(listener))
                    .collect(Collectors.toSet());
        } finally {
            lock.unlock();
        }
    }

    /** What a pass has deleted, and whether that was all. */
    private record Found(Map<String, Long> byListener, boolean isAll) {
        static final Found NOTHING = new Found(Map.of(), true);
    }

    private Found sweep(Set<ListenerFront> due) {
        if (due.isEmpty() || isTableEmpty()) {
            return Found.NOTHING;
        }
        try (TrackedFlows table = TrackedFlows.open()) {
            StaleFlowSweep sweep = new StaleFlowSweep(table, due, ownAddresses(), () -> closed);
            try {
                sweep.run();
            } catch (SystemCallException e) {
                refuse(e);
            }
            return new Found(sweep.deleted(), !sweep.isCutShort());
        } catch (SystemCallException e) {
            refuse(e);
            return Found.NOTHING;
        }
    }

    private void refuse(SystemCallException e) {
        if (!e.errno().equals(Errno.EPERM)) {
            // No connection tracking, a table too busy to be read: the next pass may have more luck.
            LOG.debug("connection tracking was not searched to its end: {}", e.getMessage());
            return;
        }
        LOG.atWarn()
                .addKeyValue("error", e.getMessage())
                .log("connection tracking may lead senders past listeners, and the daemon may not look: give it"
                        + " CAP_NET_ADMIN");
        lock.lock();
        try {
            refused = true;
        } finally {
            lock.unlock();
        }
    }

    /** To ask a kernel that has no connection tracking would load it. */
    private static boolean isTableEmpty() {
        try {
            // By lines: a sysctl that is read by one byte has no more to say.
            List<String> lines = Files.readAllLines(COUNT);
            return lines.isEmpty() || lines.getFirst().strip().equals("0");
        } catch (IOException e) {
            return true;
        }
    }

    private static Set<InetAddress> ownAddresses() {
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .collect(Collectors.toSet());
        } catch (SocketException e) {
            LOG.debug("the node's own addresses are not known: {}", e.getMessage());
            return Set.of();
        }
    }

    @Override
    public void close() {
        closed = true;
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        thread.join(STOP_LIMIT);
    }
}
