package dev.udpfanout.forwarder.spread;

import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Datagrams of which copies were made a moment ago, so that what comes back of them is not copied again: an endpoint
 * may be another node's listener that copies, too, and has this one among its endpoints. What comes back is the same
 * datagram, of the same sender, that has gone further: its TTL is less. A sender's own repetition has the TTL of the
 * first.
 *
 * <p>For all workers of a forwarder, without a lock. The memory is bounded: a new datagram takes the place of an older
 * one. An entry is one long: 36 bits of the hash, the TTL, and the time in milliseconds, which wraps after 17 minutes.
 */
public final class CopiedDatagrams {
    private static final int INDEX_BITS = 14;
    private static final int TTL_BITS = 8;
    private static final int TIME_BITS = 20;
    private static final long TIME_MASK = (1L << TIME_BITS) - 1;
    private static final int TAG_SHIFT = TTL_BITS + TIME_BITS;

    /** To the other node and back; the kernel program's UF_COPIED_LIFETIME_NS. */
    private static final long LIFETIME_MS = 2_000;

    private final long seed = new SecureRandom().nextLong();
    private volatile AtomicLongArray entries;

    /** Takes its memory, before anything is noted; again does nothing. */
    public synchronized void open() {
        if (entries == null) {
            entries = new AtomicLongArray(1 << INDEX_BITS);
        }
    }

    /**
     * What hashes begin with, for nobody else to know: whoever knows it can make a datagram that is taken for another.
     */
    public long seed() {
        return seed;
    }

    /**
     * Notes a datagram that is about to be copied, unless it is one that was and has come back.
     *
     * @param hash of what stays the same on its way: the sender's address, length and payload
     * @param ttl TTL or hop limit that it arrived with, 0 to 255
     * @param nowNs {@link System#nanoTime()}
     * @return whether it has come back
     */
    public boolean isReturnElseNote(long hash, int ttl, long nowNs) {
        int index = (int) (hash & (1 << INDEX_BITS) - 1);
        long tag = hash >>> TAG_SHIFT;
        long nowMs = TimeUnit.NANOSECONDS.toMillis(nowNs) & TIME_MASK;
        AtomicLongArray noted = entries;
        long before = noted.get(index);
        boolean isSame = before != 0 && before >>> TAG_SHIFT == tag;
        long ageMs = nowMs - (before & TIME_MASK) & TIME_MASK;
        if (isSame && ttl < (before >>> TIME_BITS & 0xff) && ageMs < LIFETIME_MS) {
            return true;
        }
        noted.set(index, tag << TAG_SHIFT | (long) ttl << TIME_BITS | nowMs);
        return false;
    }
}
