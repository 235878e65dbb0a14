package dev.udpfanout.forwarder.spread;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A hash of a datagram, for {@link CopiedDatagrams}: 64 bits, all of which depend on all that went in. */
public final class ContentHash {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final long FIRST_FACTOR = 0x9e3779b97f4a7c15L;
    private static final long SECOND_FACTOR = 0xd6e8feb86659fd93L;

    private ContentHash() {}

    /** The hash so far, with a value behind it. */
    public static long with(long hash, long value) {
        long mixed = (hash ^ value) * FIRST_FACTOR;
        mixed ^= mixed >>> Integer.SIZE;
        mixed *= SECOND_FACTOR;
        return mixed ^ mixed >>> Integer.SIZE;
    }

    /** The hash so far, with a payload behind it, and how long it is. */
    public static long with(long hash, MemorySegment memory, long at, int bytes) {
        long all = with(hash, bytes);
        int i = 0;
        for (; i + Long.BYTES <= bytes; i += Long.BYTES) {
            all = with(all, memory.get(LONG, at + i));
        }
        for (; i < bytes; i++) {
            all = with(all, memory.get(BYTE, at + i));
        }
        return all;
    }
}
