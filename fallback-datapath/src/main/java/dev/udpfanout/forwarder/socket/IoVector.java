package dev.udpfanout.forwarder.socket;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/** struct iovec on a 64-bit system: an address and a count of bytes. Source: readv(2). */
public final class IoVector {
    /** Bytes of struct iovec. */
    public static final int BYTES = 16;

    private IoVector() {}

    /** Writes the entry at a byte offset. */
    public static void write(MemorySegment vectors, long at, long address, long length) {
        vectors.set(JAVA_LONG, at, address);
        vectors.set(JAVA_LONG, at + Long.BYTES, length);
    }
}
