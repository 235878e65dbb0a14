package dev.udpfanout.loader.health;

import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.icmp.UdpKnock;
import dev.udpfanout.loader.status.PortsStatus;
import dev.udpfanout.loader.supervision.SupervisedThread;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out which endpoints have no socket at their port, on a thread of its own. It asks only endpoints that are
 * reported to have none, by an empty datagram from a connected socket: a host without one answers with ICMP port
 * unreachable (RFC 1122 section 4.1.3.1). It goes on asking those that have refused one, until they refuse none.
 *
 * <p>Its sockets belong to the network namespace of the thread that calls {@link #start}, as with
 * {@link HealthMonitor}.
 */
public final class PortWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PortWatch.class);
    private static final int MOST_AT_ONCE = 64;
    private static final int MOST_LINES = 20;
    private static final Duration POLL = Duration.ofMillis(2);
    private static final Duration IDLE = Duration.ofMinutes(1);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);

    private final Runnable onChange;
    private final LinkedBlockingQueue<Runnable> commands = new LinkedBlockingQueue<>();
    private final PortTable table = new PortTable();
    private final ProbeCounts counts = new ProbeCounts();
    private final List<Asked> asked = new ArrayList<>();
    private final SupervisedThread thread =
            new SupervisedThread("closed-ports", "closed-ports", this::run, () -> isStopping());
    private volatile Map<InetSocketAddress, Instant> closed = Map.of();
    private volatile Set<InetSocketAddress> targets = Set.of();
    private volatile boolean stopping;
    private int lines;

    private record Asked(UdpKnock knock, long untilNanos) {}

    private PortWatch(Runnable onChange) {
        this.onChange = onChange;
    }

    /** @param onChange called by the watch's thread when another endpoint is closed, or one is open again */
    public static PortWatch start(Runnable onChange) {
        PortWatch watch = new PortWatch(onChange);
        watch.thread.start();
        return watch;
    }

    /** Which endpoints are of interest from now on. Any thread; does not wait. */
    public void targets(Set<InetSocketAddress> endpoints) {
        Set<InetSocketAddress> copy = Set.copyOf(endpoints);
        if (copy.equals(targets)) {
            return;
        }
        targets = copy;
        commands.add(() -> table.retain(copy));
    }

    /**
     * Takes note of ICMP port unreachable. Any thread; does not wait.
     *
     * @param reported endpoints about which it is said, by whomever
     * @param refused endpoints that have refused a datagram of a connected socket of ours
     */
    public void unreachable(Set<InetSocketAddress> reported, Set<InetSocketAddress> refused) {
        if (reported.isEmpty() && refused.isEmpty()) {
            return;
        }
        commands.add(() -> {
            refused.forEach(this::refused);
            table.reported(reported, System.nanoTime());
        });
    }

    /** The endpoints whose port is closed, and since when that is known; immutable. Any thread. */
    public Map<InetSocketAddress, Instant> closed() {
        return closed;
    }

    /** What has been done so far. Any thread. */
    public PortsStatus status() {
        return new PortsStatus(closed.size(), counts.byLabel());
    }

    /** Asks nobody any more. */
    @Override
    public void close() {
        stopping = true;
        commands.add(() -> {});
        thread.join(STOP_TIMEOUT);
    }

    private boolean isStopping() {
        return stopping;
    }

    private void run() {
        try {
            while (!stopping) {
                turn();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            asked.forEach(each -> each.knock().close());
            asked.clear();
        }
    }

    private void turn() throws InterruptedException {
        lines = 0;
        Runnable first = commands.poll(waitNanos(), TimeUnit.NANOSECONDS);
        for (Runnable command = first; command != null; command = commands.poll()) {
            command.run();
        }
        answers();
        table.take(System.nanoTime(), MOST_AT_ONCE - asked.size()).forEach(this::ask);
        Map<InetSocketAddress, Instant> now = table.closed();
        if (!now.equals(closed)) {
            closed = now;
            onChange.run();
        }
    }

    private long waitNanos() {
        if (!asked.isEmpty()) {
            return POLL.toNanos();
        }
        long now = System.nanoTime();
        return Math.max(0, table.nextNanos().orElse(now + IDLE.toNanos()) - now);
    }

    private void ask(InetSocketAddress endpoint) {
        Optional<UdpKnock> knock = knock(endpoint);
        if (knock.isPresent()) {
            asked.add(new Asked(knock.get(), System.nanoTime() + PortTable.ANSWER.toNanos()));
        } else {
            counts.add(ProbeOutcome.NOT_SENT);
            unanswered(endpoint);
        }
    }

    private static Optional<UdpKnock> knock(InetSocketAddress endpoint) {
        try {
            return UdpKnock.at(endpoint);
        } catch (SystemCallException e) {
            LOG.debug("failed to ask whether a port is closed: {}", e.getMessage());
            return Optional.empty();
        }
    }

    private void answers() {
        long now = System.nanoTime();
        for (Iterator<Asked> all = asked.iterator(); all.hasNext(); ) {
            Asked each = all.next();
            boolean isRefused = each.knock().isRefused();
            if (!isRefused && now - each.untilNanos() < 0) {
                continue;
            }
            all.remove();
            each.knock().close();
            counts.add(isRefused ? ProbeOutcome.REFUSED : ProbeOutcome.TIMEOUT);
            if (isRefused) {
                refused(each.knock().target());
            } else {
                unanswered(each.knock().target());
            }
        }
    }

    private void refused(InetSocketAddress endpoint) {
        if (table.refused(endpoint, System.nanoTime(), Instant.now()) && lines++ < MOST_LINES) {
            LOG.atWarn()
                    .addKeyValue("endpoint", ChangeLog.hostAndPort(endpoint))
                    .addKeyValue("reason", "port unreachable")
                    .log("endpoint is out: nobody listens at its port");
        }
    }

    private void unanswered(InetSocketAddress endpoint) {
        if (table.unanswered(endpoint, System.nanoTime()) && lines++ < MOST_LINES) {
            LOG.atInfo()
                    .addKeyValue("endpoint", ChangeLog.hostAndPort(endpoint))
                    .log("endpoint is in again: its port is not closed any more");
        }
    }
}
