package dev.udpfanout.forwarder.socket;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** The IPv6 fragment header before a piece of a UDP datagram: 8 bytes in network byte order. Source: RFC 8200, 4.5. */
public final class FragmentHeader {
    /** Bytes of the header. */
    public static final int BYTES = 8;

    private static final byte UDP = 17;
    private static final int MORE = 1;
    private static final ValueLayout.OfShort NETWORK_SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt NETWORK_INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private FragmentHeader() {}

    /**
     * Writes one.
     *
     * @param offsetBytes where the piece begins within the datagram with its header; a multiple of 8
     * @param hasMore whether it is not the last
     * @param identification the same for all pieces
     */
    public static void write(MemorySegment header, long at, int offsetBytes, boolean hasMore, int identification) {
        header.set(JAVA_BYTE, at, UDP);
        header.set(JAVA_BYTE, at + 1, (byte) 0);
        // The offset is in units of eight bytes, above three bits of flags: so the bytes stand there as they are.
        header.set(NETWORK_SHORT, at + 2, (short) (offsetBytes | (hasMore ? MORE : 0)));
        header.set(NETWORK_INT, at + 4, identification);
    }
}
