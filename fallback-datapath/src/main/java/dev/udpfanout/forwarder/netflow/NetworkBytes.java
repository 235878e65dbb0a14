package dev.udpfanout.forwarder.netflow;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Numbers in network byte order, wherever they stand. */
final class NetworkBytes {
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private NetworkBytes() {}

    static int u16(MemorySegment memory, long at) {
        return Short.toUnsignedInt(memory.get(SHORT, at));
    }

    static int i32(MemorySegment memory, long at) {
        return memory.get(INT, at);
    }

    static byte[] copy(MemorySegment memory, long at, int bytes) {
        byte[] copy = new byte[bytes];
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, at, copy, 0, bytes);
        return copy;
    }

    static void writeU16(MemorySegment memory, long at, int value) {
        memory.set(SHORT, at, (short) value);
    }
}
