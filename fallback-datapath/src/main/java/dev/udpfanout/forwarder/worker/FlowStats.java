package dev.udpfanout.forwarder.worker;

import dev.udpfanout.forwarder.counter.FlowCounters;

/** What one worker counts of flows and replies. Only the worker raises the counts. */
public final class FlowStats {
    private final Counter created = new Counter();
    private final Counter evicted = new Counter();
    private final Counter expired = new Counter();
    private final Counter repliesForwarded = new Counter();
    private final Counter repliesForwardedBytes = new Counter();
    private final Counter repliesTooLong = new Counter();
    private final Counter repliesRefused = new Counter();

    FlowStats() {}

    void onCreated() {
        created.add(1);
    }

    void onEvicted() {
        evicted.add(1);
    }

    void onExpired() {
        expired.add(1);
    }

    public void onRepliesForwarded(int datagrams, long bytes) {
        repliesForwarded.add(datagrams);
        repliesForwardedBytes.add(bytes);
    }

    public void onReplyTooLong() {
        repliesTooLong.add(1);
    }

    public void onReplyRefused() {
        repliesRefused.add(1);
    }

    /** The counts as of now. */
    public FlowCounters snapshot() {
        // Ends before beginnings: a flow that ends in between must not make the number of live ones negative.
        long goneEarly = evicted.value();
        long goneIdle = expired.value();
        long begun = created.value();
        return new FlowCounters(
                begun - goneEarly - goneIdle,
                begun,
                goneEarly,
                goneIdle,
                repliesForwarded.value(),
                repliesForwardedBytes.value(),
                repliesTooLong.value(),
                repliesRefused.value());
    }
}
