package dev.udpfanout.loader.datapath.conntrack;

import dev.udpfanout.bindings.conntrack.TrackedFlow;
import dev.udpfanout.bindings.conntrack.TrackedFlows;
import dev.udpfanout.bindings.errno.SystemCallException;
import java.net.InetAddress;
import java.net.StandardProtocolFamily;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * One pass over the table of tracked connections. The kernel picks the entries out, by protocol and port, so that of a
 * large table little is read; and it waits while one is deleted.
 */
final class StaleFlowSweep {
    /** In one pass; what is left is for the next. */
    static final int MAX_DELETED = 50_000;

    /** The kernel goes through its table once for each port; for more ports it shows every entry of UDP once. */
    private static final int MAX_PORTS = 8;

    /** After so many the pass rests for as long as they took: half of a CPU at most. */
    private static final int BATCH = 1_000;

    private final TrackedFlows table;
    private final Set<ListenerFront> fronts;
    private final Set<InetAddress> own;
    private final BooleanSupplier isTold;
    private final Map<String, Long> deleted = new HashMap<>();
    private int total;
    private long batchBeganNanos = System.nanoTime();
    private SystemCallException failure;

    /**
     * @param own the node's own addresses
     * @param isTold whether to end, with what has been done
     */
    StaleFlowSweep(TrackedFlows table, Set<ListenerFront> fronts, Set<InetAddress> own, BooleanSupplier isTold) {
        this.table = table;
        this.fronts = fronts;
        this.own = own;
        this.isTold = isTold;
    }

    /**
     * Deletes what leads past a listener, and nothing else.
     *
     * @return this
     * @throws SystemCallException if the kernel refuses; what was deleted before counts
     */
    StaleFlowSweep run() {
        int[] ports =
                fronts.stream().flatMapToInt(ListenerFront::ports).distinct().toArray();
        for (StandardProtocolFamily family : StandardProtocolFamily.values()) {
            if (family == StandardProtocolFamily.UNIX) {
                continue;
            }
            if (ports.length > MAX_PORTS) {
                table.forEach(family, OptionalInt.empty(), this::judge);
            } else {
                for (int port : ports) {
                    table.forEach(family, OptionalInt.of(port), this::judge);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
        return this;
    }

    /** How many were deleted, by listener; those without one are left out. */
    Map<String, Long> deleted() {
        return deleted;
    }

    /** Whether there may be more: the bound was reached. */
    boolean isCutShort() {
        return total >= MAX_DELETED;
    }

    /** Throws nothing: an answer that is not read to its end is in the way of the next. */
    private void judge(TrackedFlow flow) {
        if (failure != null || total >= MAX_DELETED || isTold.getAsBoolean()) {
            return;
        }
        for (ListenerFront front : fronts) {
            if (front.isLedPast(flow, own)) {
                try {
                    if (table.delete(flow)) {
                        count(front);
                    }
                } catch (SystemCallException e) {
                    failure = e;
                }
                return;
            }
        }
    }

    private void count(ListenerFront front) {
        deleted.merge(front.listener(), 1L, Long::sum);
        total++;
        if (total % BATCH == 0) {
            LockSupport.parkNanos(System.nanoTime() - batchBeganNanos);
            batchBeganNanos = System.nanoTime();
        }
    }
}
