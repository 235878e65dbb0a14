package dev.udpfanout.loader.daemon;

import dev.udpfanout.bindings.rtnetlink.monitor.RouteMonitor;
import dev.udpfanout.loader.supervision.SupervisedThread;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Listens to rtnetlink on a thread of its own, and says when something may have happened to what we have set up. What
 * it was is not passed on: the datapath compares everything anyway, so that an event that got lost does no harm.
 */
final class NetworkWatch implements AutoCloseable {
    private static final Duration POLL = Duration.ofSeconds(60);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);

    private final Supplier<RouteMonitor> monitors;
    private final Runnable onChange;
    private final SupervisedThread thread =
            new SupervisedThread("network-watch", "network-watch", this::watch, () -> isStopping());
    private volatile RouteMonitor monitor;
    private volatile boolean stopping;

    private NetworkWatch(Supplier<RouteMonitor> monitors, Runnable onChange) {
        this.monitors = monitors;
        this.onChange = onChange;
        this.monitor = monitors.get();
    }

    /**
     * Starts to listen in the calling thread's network namespace.
     *
     * @param onChange called on the watching thread; must be quick
     */
    static NetworkWatch start(Runnable onChange) {
        return start(RouteMonitor::open, onChange);
    }

    /** As above, with what opens a monitor: again after one has failed. */
    static NetworkWatch start(Supplier<RouteMonitor> monitors, Runnable onChange) {
        NetworkWatch watch = new NetworkWatch(monitors, onChange);
        watch.thread.start();
        return watch;
    }

    private boolean isStopping() {
        return stopping;
    }

    private void watch() {
        try {
            while (!stopping) {
                if (monitor.next(POLL).isPresent()) {
                    onChange.run();
                }
            }
        } catch (RuntimeException e) {
            reopen();
            throw e;
        }
    }

    /** What happened in between is not known: it is time to compare. */
    private synchronized void reopen() {
        if (!stopping) {
            monitor.close();
            monitor = monitors.get();
            onChange.run();
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            stopping = true;
            monitor.close();
        }
        thread.join(STOP_TIMEOUT);
    }
}
