package dev.udpfanout.forwarder.admission;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A token bucket for any number of threads, without a lock: one number tells how much has been taken, on the scale of
 * what has accrued since the bucket was made. In any time, no more datagrams pass than burst, rate times the time, and
 * 1/64 of one.
 */
final class TokenBucket {
    /** A datagram's worth. With it neither a product below nor the scale itself overflows within 45 years. */
    private static final long TOKEN = 64;

    private static final long SECOND_NS = 1_000_000_000;

    private final RateLimit limit;
    private final long madeNs;
    private final AtomicLong taken = new AtomicLong();

    /**
     * @param full datagrams that it holds to begin with, at most the burst
     * @param nowNs as {@link System#nanoTime} has it
     */
    TokenBucket(RateLimit limit, long full, long nowNs) {
        this.limit = limit;
        this.madeNs = nowNs;
        taken.set(-full * TOKEN);
    }

    RateLimit limit() {
        return limit;
    }

    /** Takes as many as there are, at most those wanted; how many that was. */
    int take(int wanted, long nowNs) {
        long accrued = accrued(nowNs);
        long full = accrued - limit.burst() * TOKEN;
        while (true) {
            long seen = taken.get();
            // More than the burst does not gather.
            long from = Math.max(seen, full);
            int granted = (int) Math.clamp((accrued - from) / TOKEN, 0L, (long) wanted);
            // Another worker may have looked at a later time: then there is less than nothing.
            if (granted == 0 || taken.compareAndSet(seen, from + granted * TOKEN)) {
                return granted;
            }
        }
    }

    private long accrued(long nowNs) {
        long elapsedNs = Math.max(nowNs - madeNs, 0);
        long rate = limit.packetsPerSecond() * TOKEN;
        return elapsedNs / SECOND_NS * rate + elapsedNs % SECOND_NS * rate / SECOND_NS;
    }

    /** Takes all that is left, and all that will ever be. */
    long close(long nowNs) {
        long left = (accrued(nowNs) - taken.getAndSet(Long.MAX_VALUE)) / TOKEN;
        return Math.clamp(left, 0L, (long) limit.burst());
    }
}
