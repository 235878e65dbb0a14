package dev.udpfanout.loader.datapath.kernel.maps;

import dev.udpfanout.bindings.abi.Limits;
import dev.udpfanout.bindings.abi.flow.FlowEntry;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.map.InnerMap;
import dev.udpfanout.bindings.map.KeyedMap;
import dev.udpfanout.loader.config.FlowsConfig;
import dev.udpfanout.loader.datapath.FlowCounters;
import dev.udpfanout.loader.supervision.SupervisedThread;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks through the flows now and then, on a thread of its own: takes out those that are idle, and works out how many
 * went for lack of room, which the kernel does not say: those that were made, less those that are there and those that
 * were taken out.
 */
public final class FlowSweep implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FlowSweep.class);
    private static final Duration MOST_OFTEN = Duration.ofSeconds(1);
    private static final Duration LEAST_OFTEN = Duration.ofSeconds(15);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

    private final FlowTable table;
    private final Counters counters;
    private final FlowsConfig config;
    private final SupervisedThread thread =
            new SupervisedThread("flow-sweep", "flow-sweep", this::run, () -> isStopping());
    private final long[] created = new long[Limits.MAX_LISTENERS];
    private volatile Optional<FlowCounters> latest = Optional.empty();
    private volatile boolean stopping;
    private int tableId;
    private boolean isAdopted;
    private long begun;
    private long made;
    private long expired;
    private long evicted;

    private FlowSweep(FlowTable table, Counters counters, FlowsConfig config) {
        this.table = table;
        this.counters = counters;
        this.config = config;
    }

    /** Starts to look through the flows; while there is no table, it does nothing. */
    public static FlowSweep start(FlowTable table, FlowsConfig config, Counters counters) {
        FlowSweep sweep = new FlowSweep(table, counters, config);
        sweep.countMade();
        sweep.begun = -sweep.made;
        sweep.isAdopted = sweep.table.id().isPresent();
        sweep.thread.start();
        return sweep;
    }

    private void run() {
        Duration half = config.idleTimeout().dividedBy(2);
        Duration pause = half.compareTo(MOST_OFTEN) < 0 ? MOST_OFTEN : half;
        pause = pause.compareTo(LEAST_OFTEN) > 0 ? LEAST_OFTEN : pause;
        try {
            while (!stopping) {
                pass();
                Thread.sleep(pause);
            }
        } catch (InterruptedException e) {
            LOG.trace("told to stop");
        }
    }

    private boolean isStopping() {
        return stopping;
    }

    /** Looks through all flows once. */
    synchronized void pass() {
        try {
            table.closeReplaced();
            InnerMap flows = table.table().orElse(null);
            countMade();
            if (flows == null) {
                tableId = 0;
                begun = -made;
                latest = Optional.empty();
                return;
            }
            Seen seen = sweep(flows.keyed(FlowEntry.KEY_CODEC, FlowEntry.VALUE_CODEC));
            // Of another table, or an earlier daemon's, it is not known what went: it counts from now on.
            if (isAdopted || (tableId != 0 && tableId != flows.id())) {
                begun = seen.present + seen.removed - made;
                isAdopted = false;
            }
            tableId = flows.id();
            expired += seen.removed;
            begun -= seen.removed;
            // What was made while it looked may be seen already: the next look makes that good.
            evicted = Math.max(evicted, begun + made - seen.present);
            latest = Optional.of(new FlowCounters(seen.present, config.max(), expired, evicted));
        } catch (SystemCallException e) {
            LOG.atWarn().addKeyValue("error", e.getMessage()).log("failed to walk the flow table");
        }
    }

    /** A listener's counter begins anew when its place is given to another. */
    private void countMade() {
        for (int slot = 0; slot < Limits.MAX_LISTENERS; slot++) {
            long now = counters.replies(slot).flowsCreated();
            made += now < created[slot] ? now : now - created[slot];
            created[slot] = now;
        }
    }

    private static final class Seen {
        private long present;
        private long removed;
    }

    private Seen sweep(KeyedMap<MemorySegment, MemorySegment> flows) {
        Seen seen = new Seen();
        long now = System.nanoTime();
        flows.scan((key, value) -> {
            int flow = FlowEntry.isOfRequests(key) ? 1 : 0;
            if (isIdle(value, now) && isStillIdle(flows, key, now) && flows.remove(key)) {
                seen.removed += flow;
            } else {
                seen.present += flow;
            }
        });
        return seen;
    }

    private boolean isIdle(MemorySegment value, long now) {
        return now - FlowEntry.seenNanos(value) > config.idleTimeout().toNanos();
    }

    /** A datagram may have come since it was read. */
    private boolean isStillIdle(KeyedMap<MemorySegment, MemorySegment> flows, MemorySegment key, long now) {
        return flows.get(key).filter(value -> isIdle(value, now)).isPresent();
    }

    /** What there was at the last look; empty if there is no table. Any thread. */
    public Optional<FlowCounters> counters() {
        return latest;
    }

    @Override
    public void close() {
        stopping = true;
        thread.interrupt();
        thread.join(STOP_TIMEOUT);
    }
}
