package dev.udpfanout.forwarder.flow;

/** One flow, with its places in the {@link FlowTable} that holds it. */
public abstract class Flow {
    private final FlowKey key;
    Flow nextInBucket;
    Flow newer;
    Flow older;
    long usedAtNs;

    /** @param key copied */
    protected Flow(FlowKey key) {
        this.key = key.copy();
    }

    /** Whether a datagram with this key belongs to this flow. */
    public final boolean isOf(FlowKey other) {
        return key.matches(other);
    }

    final FlowKey key() {
        return key;
    }
}
