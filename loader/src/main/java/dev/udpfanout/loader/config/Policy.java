package dev.udpfanout.loader.config;

import dev.udpfanout.bindings.abi.Limits;

/**
 * Which receiver a datagram goes to, and what that asks of the rest of a listener. How each is done,
 * {@code control.SpreadPlan} says.
 */
public enum Policy {
    /** Each in turn. */
    ROUND_ROBIN(Limits.MAX_ENDPOINTS_PER_LISTENER, false, false),
    /** Each in turn, those with a larger weight more often. */
    WEIGHTED(Limits.MAX_ENDPOINTS_PER_LISTENER, true, false),
    /** One that follows from where the datagram comes from, the same on every node. */
    HASH(Limits.MAX_HASHED_ENDPOINTS, false, false),
    /** To all: each endpoint gets a copy. */
    REPLICATE(Limits.MAX_ENDPOINTS_PER_LISTENER, false, true);

    /** Copies of a datagram at the most; more receivers than that get none. */
    public static final int MAX_COPIES = Limits.MAX_COPIES;

    private final int maxReceivers;
    private final boolean weights;
    private final boolean copies;

    Policy(int maxReceivers, boolean weights, boolean copies) {
        this.maxReceivers = maxReceivers;
        this.weights = weights;
        this.copies = copies;
    }

    /** Receivers of a set at the most. */
    public int maxReceivers() {
        return maxReceivers;
    }

    /** Whether receivers' weights count. */
    public boolean goesByWeights() {
        return weights;
    }

    /** Whether more than one receiver gets a datagram. */
    public boolean copies() {
        return copies;
    }
}
