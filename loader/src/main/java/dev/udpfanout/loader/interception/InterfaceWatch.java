package dev.udpfanout.loader.interception;

import dev.udpfanout.bindings.rtnetlink.RtnetlinkSocket;
import dev.udpfanout.bindings.rtnetlink.monitor.Event;
import dev.udpfanout.bindings.rtnetlink.monitor.RouteMonitor;
import dev.udpfanout.loader.config.ServicesConfig;
import dev.udpfanout.loader.supervision.SupervisedThread;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the interfaces on which the datagrams of Services come in, on a thread of its own: a pod that comes is to be
 * taken before it sends. The kernel's tables are read after each change, but for no more than a tenth of the time.
 */
public final class InterfaceWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(InterfaceWatch.class);
    /** Between two looks, at least. */
    private static final Duration PAUSE = Duration.ofMillis(20);
    /** Between two looks, at most, if there is a reason for one. */
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
    /** For how long another configuration, or other VIPs, wait to be noticed. */
    private static final Duration NOTICE = Duration.ofMillis(200);
    /** Between two looks without a reason: the kernel tells nobody of a sysctl. */
    private static final Duration REST = Duration.ofSeconds(10);

    private static final int PAUSE_FOR_COST = 10;
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);

    private final RtnetlinkSocket socket = RtnetlinkSocket.open();
    private final RouteMonitor monitor;
    private final Runnable onChange;
    private final SupervisedThread thread;
    private volatile Wanted wanted;
    private volatile boolean stopping;
    private Wanted lookedFor;
    private volatile List<FoundInterface> told;
    private long lookedNanos = System.nanoTime();
    private long pauseNanos = PAUSE.toNanos();

    private record Wanted(ServicesConfig config, Set<InetAddress> vips) {}

    private InterfaceWatch(ServicesConfig config, RouteMonitor monitor, Runnable onChange) {
        this.monitor = monitor;
        this.onChange = onChange;
        this.wanted = new Wanted(config, Set.of());
        this.lookedFor = wanted;
        this.told = InterfaceReader.read(socket, config, Set.of());
        this.thread = new SupervisedThread("interface-watch", "interface-watch", this::watch, () -> isStopping());
    }

    /**
     * Starts to watch the calling thread's network namespace.
     *
     * @param onChange called when {@link #latest} has changed; on the watching thread, must be quick
     */
    public static InterfaceWatch start(ServicesConfig config, Runnable onChange) {
        // Before the first look, so that nothing that happens after it goes unseen.
        RouteMonitor monitor = RouteMonitor.openForRouting(RouteMonitor.DEFAULT_RECEIVE_BUFFER_BYTES);
        try {
            InterfaceWatch watch = new InterfaceWatch(config, monitor, onChange);
            watch.thread.start();
            return watch;
        } catch (RuntimeException e) {
            monitor.close();
            throw e;
        }
    }

    /** All interfaces that there are at the moment. Any thread. */
    public List<FoundInterface> latest() {
        return told;
    }

    /** Which VIPs are served, from now on. Any thread; does not wait. */
    public void vips(Set<InetAddress> vips) {
        if (!vips.equals(wanted.vips())) {
            wanted = new Wanted(wanted.config(), Set.copyOf(vips));
        }
    }

    private boolean isStopping() {
        return stopping;
    }

    private void watch() {
        boolean isStale = true;
        while (!stopping) {
            long now = System.nanoTime();
            isStale |= !lookedFor.equals(wanted);
            long due = lookedNanos + (isStale ? pauseNanos : REST.toNanos());
            if (now - due >= 0) {
                isStale = false;
                look();
                continue;
            }
            Optional<Event> event = monitor.next(Duration.ofNanos(Math.min(due - now, NOTICE.toNanos())));
            isStale |= event.isPresent();
        }
    }

    private void look() {
        long began = System.nanoTime();
        Wanted now = wanted;
        List<FoundInterface> found = InterfaceReader.read(socket, now.config(), now.vips());
        lookedFor = now;
        lookedNanos = System.nanoTime();
        pauseNanos = Math.clamp(PAUSE_FOR_COST * (lookedNanos - began), PAUSE.toNanos(), LONGEST_PAUSE.toNanos());
        if (!found.equals(told)) {
            LOG.atDebug().addKeyValue("interfaces", found.size()).log("Services are served on other interfaces");
            told = found;
            onChange.run();
        }
    }

    @Override
    public void close() {
        stopping = true;
        monitor.close();
        thread.join(STOP_TIMEOUT);
        socket.close();
    }
}
