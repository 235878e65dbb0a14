package dev.udpfanout.forwarder.flow;

import java.time.Duration;

/**
 * Flows by key and by age of their last use; bounded. Allocates nothing, and belongs to one thread. Times are those of
 * {@link System#nanoTime()}, and must not go back from call to call.
 *
 * @param <F> the flows
 */
public final class FlowTable<F extends Flow> {
    private static final int MAX_BUCKETS = 1 << 20;

    private final int maxFlows;
    private final long idleNs;
    private final long seed;
    private final Flow[] buckets;
    private Flow newest;
    private Flow oldest;
    private int size;

    /**
     * @param maxFlows at least 1
     * @param idle how long a flow lives without a datagram
     * @param seed for the hashes, not known to clients
     */
    public FlowTable(int maxFlows, Duration idle, long seed) {
        this.maxFlows = maxFlows;
        this.idleNs = idle.toNanos();
        this.seed = seed;
        int wanted = Math.clamp(maxFlows, 2, MAX_BUCKETS);
        this.buckets = new Flow[Integer.highestOneBit(wanted - 1) << 1];
    }

    /** How many flows there are. */
    public int size() {
        return size;
    }

    /** Whether another flow has room only when one goes. */
    public boolean isFull() {
        return size == maxFlows;
    }

    /** The flow with this key, idle or not; null if there is none. */
    @SuppressWarnings("unchecked") // only F comes in
    public F find(FlowKey key) {
        for (Flow flow = buckets[bucket(key)]; flow != null; flow = flow.nextInBucket) {
            if (flow.isOf(key)) {
                return (F) flow;
            }
        }
        return null;
    }

    /** The flow whose last use is longest ago; null if there is none. */
    @SuppressWarnings("unchecked") // only F comes in
    public F leastRecentlyUsed() {
        return (F) oldest;
    }

    /** Whether a flow's last use is too long ago for it to live on. */
    public boolean isIdle(F flow, long nowNs) {
        Flow used = flow;
        return nowNs - used.usedAtNs >= idleNs;
    }

    /** A datagram of the flow, in either direction, has come. */
    public void use(F flow, long nowNs) {
        if (newest != flow) {
            unlink(flow);
            link(flow);
        }
        Flow used = flow;
        used.usedAtNs = nowNs;
    }

    /** Adds a flow whose key has none, to a table that is not full. */
    public void add(F flow, long nowNs) {
        if (isFull()) {
            throw new IllegalStateException("the table is full");
        }
        Flow added = flow;
        int bucket = bucket(added.key());
        added.nextInBucket = buckets[bucket];
        buckets[bucket] = added;
        added.usedAtNs = nowNs;
        link(added);
        size++;
    }

    /** Takes out a flow that is in the table. */
    public void remove(F flow) {
        Flow removed = flow;
        int bucket = bucket(removed.key());
        if (buckets[bucket] == removed) {
            buckets[bucket] = removed.nextInBucket;
        } else {
            Flow before = buckets[bucket];
            while (before.nextInBucket != removed) {
                before = before.nextInBucket;
            }
            before.nextInBucket = removed.nextInBucket;
        }
        removed.nextInBucket = null;
        unlink(removed);
        size--;
    }

    private int bucket(FlowKey key) {
        return key.hash(seed) & buckets.length - 1;
    }

    private void link(Flow flow) {
        flow.older = newest;
        flow.newer = null;
        if (newest == null) {
            oldest = flow;
        } else {
            newest.newer = flow;
        }
        newest = flow;
    }

    private void unlink(Flow flow) {
        if (flow.newer == null) {
            newest = flow.older;
        } else {
            flow.newer.older = flow.older;
        }
        if (flow.older == null) {
            oldest = flow.newer;
        } else {
            flow.older.newer = flow.newer;
        }
        flow.newer = null;
        flow.older = null;
    }
}
