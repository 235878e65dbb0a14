package dev.udpfanout.loader.daemon;

import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.nftables.RulesetMonitor;
import dev.udpfanout.bindings.rtnetlink.monitor.RouteMonitor;
import dev.udpfanout.loader.supervision.SupervisedThread;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens to rtnetlink, and to nf_tables where the kernel has it, each on a thread of its own, and says when something
 * may have happened to what we have set up. What it was is not passed on: the datapath compares everything anyway, so
 * that an event that got lost does no harm.
 */
final class NetworkWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NetworkWatch.class);
    private static final Duration POLL = Duration.ofSeconds(60);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);

    private final Supplier<Monitor> monitors;
    private final Runnable onChange;
    private final SupervisedThread thread;
    private Optional<NetworkWatch> ofRuleset = Optional.empty();
    private volatile Monitor monitor;
    private volatile boolean stopping;

    /** What is listened to. */
    private interface Monitor extends AutoCloseable {
        /** False if nothing came in time, or it was closed meanwhile. */
        boolean awaitChange(Duration timeout);

        @Override
        void close();
    }

    private record Routes(RouteMonitor routes) implements Monitor {
        @Override
        public boolean awaitChange(Duration timeout) {
            return routes.next(timeout).isPresent();
        }

        @Override
        public void close() {
            routes.close();
        }
    }

    private record Rules(RulesetMonitor ruleset) implements Monitor {
        @Override
        public boolean awaitChange(Duration timeout) {
            return ruleset.awaitChange(timeout);
        }

        @Override
        public void close() {
            ruleset.close();
        }
    }

    private NetworkWatch(String role, Supplier<Monitor> monitors, Runnable onChange) {
        this.monitors = monitors;
        this.onChange = onChange;
        this.monitor = monitors.get();
        this.thread = new SupervisedThread(role, role, this::watch, () -> isStopping());
    }

    /**
     * Starts to listen in the calling thread's network namespace.
     *
     * @param onChange called on the watching threads; must be quick
     */
    static NetworkWatch start(Runnable onChange) {
        NetworkWatch watch = start(RouteMonitor::open, onChange);
        try {
            NetworkWatch rules = new NetworkWatch("ruleset-watch", () -> new Rules(RulesetMonitor.open()), onChange);
            rules.thread.start();
            watch.ofRuleset = Optional.of(rules);
        } catch (SystemCallException e) {
            LOG.info("the firewall is only checked periodically: {}", e.getMessage());
        }
        return watch;
    }

    /** As above, to rtnetlink alone, with what opens a monitor: again after one has failed. */
    static NetworkWatch start(Supplier<RouteMonitor> monitors, Runnable onChange) {
        NetworkWatch watch = new NetworkWatch("network-watch", () -> new Routes(monitors.get()), onChange);
        watch.thread.start();
        return watch;
    }

    private boolean isStopping() {
        return stopping;
    }

    private void watch() {
        try {
            while (!stopping) {
                if (monitor.awaitChange(POLL)) {
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
        ofRuleset.ifPresent(NetworkWatch::close);
        synchronized (this) {
            stopping = true;
            monitor.close();
        }
        thread.join(STOP_TIMEOUT);
    }
}
