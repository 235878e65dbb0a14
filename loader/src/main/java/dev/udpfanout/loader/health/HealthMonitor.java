package dev.udpfanout.loader.health;

import dev.udpfanout.loader.config.HealthConfig;
import dev.udpfanout.loader.status.HealthState;
import dev.udpfanout.loader.status.ProbeError;
import dev.udpfanout.loader.status.ProbingStatus;
import dev.udpfanout.loader.supervision.SupervisedThread;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Probes endpoints until it is closed, on one thread of its own, however many there are.
 *
 * <p>Its sockets belong to the network namespace of the thread that calls {@link #start}: its own thread is made by
 * that one, and so begins in the same namespace (clone(2)).
 */
public final class HealthMonitor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HealthMonitor.class);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);
    private static final Duration IDLE = Duration.ofMinutes(1);

    private final String protocol;
    private final HealthListener listener;
    private final Prober prober;
    private final HealthTable table;
    private final ProbeCounts counts = new ProbeCounts();
    private final ProbeRounds rounds;
    private final Queue<Runnable> commands = new ConcurrentLinkedQueue<>();
    private final ChangeLog changeLog = new ChangeLog();
    private final SupervisedThread thread = new SupervisedThread("health", "health", this::run, () -> isStopping());
    private volatile Set<InetSocketAddress> down = Set.of();
    private volatile Map<InetSocketAddress, HealthState> states = Map.of();
    private volatile boolean stopping;

    private HealthMonitor(
            HealthConfig config, Set<InetSocketAddress> downBefore, Prober prober, HealthListener listener) {
        this.protocol = config.protocol().label();
        this.listener = listener;
        this.prober = prober;
        this.table = new HealthTable(new Thresholds(config.rise(), config.fall()));
        table.beginWith(downBefore);
        this.down = table.down();
        this.states = table.states();
        ProbePlan plan = new ProbePlan(config.interval(), config.timeout(), config.jitter(), prober.maxInFlight());
        this.rounds = new ProbeRounds(plan, table, prober, counts, new SplittableRandom());
    }

    /**
     * Opens what the protocol needs and begins; there is nothing to probe before {@link #targets}.
     *
     * @throws RuntimeException if the protocol's socket cannot be opened, for example ICMP's without CAP_NET_RAW; the
     *     message says what is missing
     */
    public static HealthMonitor start(HealthConfig config, HealthListener listener) {
        return start(config, Set.of(), listener);
    }

    /**
     * As above, in the place of another monitor.
     *
     * @param downBefore what is down by that one's probes: it stays so here until it has risen
     */
    public static HealthMonitor start(HealthConfig config, Set<InetSocketAddress> downBefore, HealthListener listener) {
        HealthMonitor monitor = new HealthMonitor(config, downBefore, Probers.open(config), listener);
        monitor.thread.start();
        return monitor;
    }

    /** Which endpoints to probe from now on; those that stay keep their state. Any thread; does not wait. */
    public void targets(Set<InetSocketAddress> endpoints) {
        Set<InetSocketAddress> copy = Set.copyOf(endpoints);
        command(() -> rounds.retarget(copy, System.nanoTime()));
    }

    /** Takes an endpoint down at once; the next probe that is answered counts towards bringing it up. Any thread. */
    public void markDown(InetSocketAddress endpoint, String reason) {
        command(() -> rounds.markDown(endpoint, reason));
    }

    /**
     * As {@link #markDown}, for all endpoints of some addresses: for those behind a link that has gone down, as
     * rtnetlink reports it.
     */
    public void markLinkDown(Set<InetAddress> addresses) {
        Set<InetAddress> copy = Set.copyOf(addresses);
        command(() -> rounds.markDown(copy, "link is down"));
    }

    /** The endpoints that are down; immutable. Any thread. */
    public Set<InetSocketAddress> down() {
        return down;
    }

    /** The state of an endpoint; unknown if it is not probed. Any thread. */
    public HealthState state(InetSocketAddress endpoint) {
        return states.getOrDefault(endpoint, HealthState.UNKNOWN);
    }

    /** The last probe of an endpoint that failed; empty if none has, or it is not probed. Any thread. */
    public Optional<ProbeError> lastError(InetSocketAddress endpoint) {
        return table.lastError(endpoint);
    }

    /** What has been done so far. Any thread. */
    public ProbingStatus status() {
        return new ProbingStatus(protocol, states.size(), down.size(), counts.byLabel(), changeLog.total());
    }

    /** Stops probing; the listener is not called any more when this returns. */
    @Override
    public void close() {
        stopping = true;
        prober.wakeUp();
        if (!thread.join(STOP_TIMEOUT)) {
            LOG.warn("the health monitor did not stop in time");
            return;
        }
        prober.close();
    }

    private void command(Runnable command) {
        commands.add(command);
        prober.wakeUp();
    }

    private boolean isStopping() {
        return stopping;
    }

    private void run() {
        String lastFailure = "";
        while (!stopping) {
            try {
                turn();
            } catch (RuntimeException e) {
                String failure = e.toString();
                if (!failure.equals(lastFailure)) {
                    LOG.atError()
                            .addKeyValue("error", failure)
                            .log("failed to handle health probes; probing continues");
                    LOG.debug("the stack trace", e);
                }
                lastFailure = failure;
                LockSupport.parkNanos(PAUSE_AFTER_FAILURE.toNanos());
            }
        }
    }

    private void turn() {
        boolean isRetargeted = false;
        for (Runnable command = commands.poll(); command != null; command = commands.poll()) {
            command.run();
            isRetargeted = true;
        }
        rounds.turn(System.nanoTime());
        publish(isRetargeted);
        long waitNanos = rounds.waitNanos(System.nanoTime()).orElse(IDLE.toNanos());
        prober.await(Duration.ofNanos(Math.max(0, waitNanos)), rounds::onResult);
        publish(false);
    }

    private void publish(boolean isRetargeted) {
        List<HealthChange> changes = rounds.takeChanges();
        if (changes.isEmpty() && !isRetargeted) {
            return;
        }
        down = table.down();
        states = table.states();
        if (!changes.isEmpty()) {
            changeLog.changed(changes);
            listener.onHealthChanged(changes, down);
        }
    }
}
