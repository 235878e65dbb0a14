package dev.udpfanout.forwarder.spread;

import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Datagrams of which copies were made a moment ago, so that what comes back of them is not copied again: an endpoint
 * may be another node's listener that copies, too, and has this one among its endpoints. What comes back is the same
 * datagram, and there are two marks by which it is told from a sender's own repetition. Where the TTL is known: that of
 * the same sender's datagram is less than it was. Where it is not: it comes from an endpoint, and the one before came
 * from somebody else.
 *
 * <p>For all workers of a forwarder, without a lock. The memory is bounded: a new datagram takes the place of an older
 * one. An entry is one long: 36 bits of the hash, 8 bits for the mark, and the time in milliseconds, which wraps after
 * 17 minutes. All that is noted in one object has the same kind of mark.
 */
public final class CopiedDatagrams {
    /** Of the endpoints, none. */
    public static final int NO_ENDPOINT = 0;

    private static final int NOT_NOTED = -1;
    private static final int INDEX_BITS = 14;
    private static final int MARK_BITS = 8;
    private static final int MARK_MASK = (1 << MARK_BITS) - 1;
    private static final int TIME_BITS = 20;
    private static final long TIME_MASK = (1L << TIME_BITS) - 1;
    private static final int TAG_SHIFT = MARK_BITS + TIME_BITS;

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
        boolean isReturn = ttl < notedMark(hash, nowNs);
        if (!isReturn) {
            note(hash, ttl, nowNs);
        }
        return isReturn;
    }

    /**
     * As above, where no TTL is known.
     *
     * @param hash of what stays the same on its way: length and payload
     * @param endpoint which endpoint it comes from, 1 to 255; {@link #NO_ENDPOINT} for any other sender
     */
    public boolean isReturnFromEndpointElseNote(long hash, int endpoint, long nowNs) {
        int noted = notedMark(hash, nowNs);
        boolean isReturn = endpoint != NO_ENDPOINT && noted != NOT_NOTED && noted != endpoint;
        if (!isReturn) {
            note(hash, endpoint, nowNs);
        }
        return isReturn;
    }

    private int notedMark(long hash, long nowNs) {
        long entry = entries.get(index(hash));
        long ageMs = milliseconds(nowNs) - (entry & TIME_MASK) & TIME_MASK;
        boolean isSame = entry != 0 && entry >>> TAG_SHIFT == hash >>> TAG_SHIFT && ageMs < LIFETIME_MS;
        return isSame ? (int) (entry >>> TIME_BITS) & MARK_MASK : NOT_NOTED;
    }

    private void note(long hash, int mark, long nowNs) {
        entries.set(index(hash), hash >>> TAG_SHIFT << TAG_SHIFT | (long) mark << TIME_BITS | milliseconds(nowNs));
    }

    private static int index(long hash) {
        return (int) (hash & (1 << INDEX_BITS) - 1);
    }

    private static long milliseconds(long nowNs) {
        return TimeUnit.NANOSECONDS.toMillis(nowNs) & TIME_MASK;
    }
}
