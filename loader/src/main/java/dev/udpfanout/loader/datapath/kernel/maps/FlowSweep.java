package dev.udpfanout.loader.datapath.kernel.maps;

import dev.udpfanout.bindings.abi.counter.ListenerReplies;
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
 * Looks through the flows now and then, on a thread of its own: takes out those that are idle, and counts the others.
 * What the program has done for lack of room, it counts itself.
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
    private final Total evicted;
    private final Total withoutRoom;
    private final Total expectedElsewhere;
    private volatile Optional<FlowCounters> latest = Optional.empty();
    private volatile boolean stopping;
    private long expired;

    private FlowSweep(FlowTable table, Counters counters, FlowsConfig config) {
        this.table = table;
        this.counters = counters;
        this.config = config;
        this.evicted = new Total(counters.slots());
        this.withoutRoom = new Total(counters.slots());
        this.expectedElsewhere = new Total(counters.slots());
    }

    /** Starts to look through the flows; while there is no table, it does nothing. */
    public static FlowSweep start(FlowTable table, FlowsConfig config, Counters counters) {
        FlowSweep sweep = new FlowSweep(table, counters, config);
        sweep.count();
        sweep.evicted.forget();
        sweep.withoutRoom.forget();
        sweep.expectedElsewhere.forget();
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
                Thread.sleep(isNearlyFull() ? MOST_OFTEN : pause);
            }
        } catch (InterruptedException e) {
            LOG.trace("told to stop");
        }
    }

    /** Then new clients wait for what is idle. */
    private boolean isNearlyFull() {
        return latest.filter(seen -> seen.present() * 10 >= seen.max() * 9).isPresent();
    }

    private boolean isStopping() {
        return stopping;
    }

    /** Looks through all flows once. */
    synchronized void pass() {
        try {
            table.closeReplaced();
            InnerMap flows = table.table().orElse(null);
            count();
            if (flows == null) {
                latest = Optional.empty();
                return;
            }
            Seen seen = sweep(flows.keyed(FlowEntry.KEY_CODEC, FlowEntry.VALUE_CODEC));
            expired += seen.removed;
            latest = Optional.of(new FlowCounters(
                    seen.present, config.max(), expired, evicted.sum, withoutRoom.sum, expectedElsewhere.sum));
        } catch (SystemCallException e) {
            LOG.atWarn().addKeyValue("error", e.getMessage()).log("failed to walk the flow table");
        }
    }

    private void count() {
        for (int slot = 0; slot < evicted.last.length; slot++) {
            ListenerReplies now = counters.flows(slot);
            evicted.add(slot, now.flowsEvicted());
            withoutRoom.add(slot, now.flowsWithoutRoom());
            expectedElsewhere.add(slot, now.flowsExpectedElsewhere());
        }
    }

    /** The sum of a counter that every listener has, and that begins anew when its place is given to another. */
    private static final class Total {
        private final long[] last;
        private long sum;

        private Total(int slots) {
            last = new long[slots];
        }

        private void add(int slot, long now) {
            sum += now < last[slot] ? now : now - last[slot];
            last[slot] = now;
        }

        /** What was before this process does not count. */
        private void forget() {
            sum = 0;
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
        return now - FlowEntry.seenNanos(value)
                > config.idleTimeout().plus(FlowEntry.SEEN_LAG).toNanos();
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
