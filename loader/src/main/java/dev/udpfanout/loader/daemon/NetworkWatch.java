package dev.udpfanout.loader.daemon;

import dev.udpfanout.bindings.rtnetlink.monitor.Event;
import dev.udpfanout.bindings.rtnetlink.monitor.RouteMonitor;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens to rtnetlink on a thread of its own, and says when something may have happened to what we have set up. What
 * it was is not passed on: the datapath compares everything anyway, so that an event that got lost does no harm.
 */
final class NetworkWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NetworkWatch.class);
    private static final Duration POLL = Duration.ofSeconds(60);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);

    private final RouteMonitor monitor;
    private final Thread thread;
    private volatile boolean stopping;

    private NetworkWatch(RouteMonitor monitor, Runnable onChange) {
        this.monitor = monitor;
        this.thread = Thread.ofPlatform().name("network-watch").daemon().unstarted(() -> watch(onChange));
    }

    /**
     * Starts to listen in the calling thread's network namespace.
     *
     * @param onChange called on the watching thread; must be quick
     */
    static NetworkWatch start(Runnable onChange) {
        NetworkWatch watch = new NetworkWatch(RouteMonitor.open(), onChange);
        watch.thread.start();
        return watch;
    }

    private void watch(Runnable onChange) {
        while (!stopping) {
            try {
                Optional<Event> event = monitor.next(POLL);
                if (event.isPresent()) {
                    onChange.run();
                }
            } catch (RuntimeException e) {
                if (!stopping) {
                    LOG.error("stopped watching the network, only checking it periodically: {}", e.getMessage());
                }
                return;
            }
        }
    }

    @Override
    public void close() {
        stopping = true;
        monitor.close();
        try {
            thread.join(STOP_TIMEOUT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
