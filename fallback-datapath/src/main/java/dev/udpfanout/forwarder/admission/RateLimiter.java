package dev.udpfanout.forwarder.admission;

import java.util.function.LongSupplier;

/**
 * The rate limit of one forwarder, which its workers share: which of them a datagram comes to is chance, and the limit
 * is the listener's. A worker asks once for all datagrams of a batch, so that the workers seldom meet.
 */
public final class RateLimiter {
    private final LongSupplier clockNs;
    private volatile TokenBucket bucket;

    /** @param clockNs as {@link System#nanoTime} */
    public RateLimiter(RateLimit limit, LongSupplier clockNs) {
        this.clockNs = clockNs;
        this.bucket = new TokenBucket(limit, limit.burst(), clockNs.getAsLong());
    }

    /** How many of so many datagrams may pass now; any thread. */
    public int take(int wanted) {
        return bucket.take(wanted, clockNs.getAsLong());
    }

    /** Goes on with another limit, and with what is left of this one. One thread. */
    public void change(RateLimit limit) {
        if (!limit.equals(bucket.limit())) {
            long nowNs = clockNs.getAsLong();
            bucket = new TokenBucket(limit, Math.min(bucket.close(nowNs), limit.burst()), nowNs);
        }
    }
}
