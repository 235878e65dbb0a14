package dev.udpfanout.bench.latency;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What a datagram of a latency run carries: run, sequence number, intended time; 64 bits each, little-endian like the
 * probe reads them.
 */
final class TimedPayload {
    static final int BYTES = 24;
    private static final int SEQUENCE_AT = 8;
    private static final int INTENDED_AT = 16;

    private TimedPayload() {}

    static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocateDirect(Math.max(bytes, BYTES)).order(ByteOrder.LITTLE_ENDIAN);
    }

    static void write(ByteBuffer buffer, long run, long sequence, long intendedNs) {
        buffer.putLong(0, run).putLong(SEQUENCE_AT, sequence).putLong(INTENDED_AT, intendedNs);
    }

    static boolean isOf(ByteBuffer buffer, long run) {
        return buffer.position() >= BYTES && buffer.getLong(0) == run;
    }

    static long intendedNs(ByteBuffer buffer) {
        return buffer.getLong(INTENDED_AT);
    }
}
