package dev.udpfanout.forwarder.socket;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** A UDP header, 8 bytes in network byte order, and its checksum over IPv4. Source: RFC 768. */
public final class UdpHeader {
    /** Bytes of the header. */
    public static final int BYTES = 8;

    /** Where the checksum stands in the header. */
    public static final int CHECKSUM_OFFSET = 6;

    private static final int PROTOCOL = 17;
    private static final ValueLayout.OfShort NETWORK_SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt NETWORK_INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private UdpHeader() {}

    /** Writes a header with a checksum of zero, which is what a kernel that fills it in expects. */
    public static void write(MemorySegment header, long at, int sourcePort, int destinationPort, int payloadBytes) {
        header.set(NETWORK_SHORT, at, (short) sourcePort);
        header.set(NETWORK_SHORT, at + 2, (short) destinationPort);
        header.set(NETWORK_SHORT, at + 4, (short) (BYTES + payloadBytes));
        header.set(NETWORK_SHORT, at + CHECKSUM_OFFSET, (short) 0);
    }

    /** Fills in the checksum of a header that {@link #write} made. */
    public static void writeIpv4Checksum(
            MemorySegment header,
            long at,
            int source,
            int destination,
            MemorySegment payload,
            long payloadAt,
            int payloadBytes) {
        int checksum = ipv4Checksum(header, at, source, destination, payload, payloadAt, payloadBytes);
        header.set(NETWORK_SHORT, at + CHECKSUM_OFFSET, (short) checksum);
    }

    /**
     * The same over IPv6, of a header at the beginning of its memory.
     *
     * @param received has the source address, 16 bytes, and the payload
     * @param destination 16 bytes
     */
    public static void writeIpv6Checksum(
            MemorySegment header,
            MemorySegment received,
            long sourceAt,
            byte[] destination,
            long payloadAt,
            int payloadBytes) {
        long sum = sum(received, sourceAt, destination.length);
        for (int i = 0; i < destination.length; i += 2) {
            sum += (destination[i] & 0xffL) << 8 | destination[i + 1] & 0xffL;
        }
        header.set(NETWORK_SHORT, CHECKSUM_OFFSET, (short) checksum(sum, header, 0, received, payloadAt, payloadBytes));
    }

    private static int ipv4Checksum(
            MemorySegment header,
            long at,
            int source,
            int destination,
            MemorySegment payload,
            long payloadAt,
            int payloadBytes) {
        long addresses = Integer.toUnsignedLong(source) + Integer.toUnsignedLong(destination);
        return checksum(addresses, header, at, payload, payloadAt, payloadBytes);
    }

    /** @param addresses the sum of both */
    private static int checksum(
            long addresses, MemorySegment header, long at, MemorySegment payload, long payloadAt, int payloadBytes) {
        long sum = addresses;
        sum += PROTOCOL + BYTES + payloadBytes;
        sum += Integer.toUnsignedLong(header.get(NETWORK_INT, at));
        sum += Integer.toUnsignedLong(header.get(NETWORK_INT, at + 4));
        sum += sum(payload, payloadAt, payloadBytes);
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        int checksum = (int) ~sum & 0xffff;
        // A checksum of zero means "none was computed".
        return checksum == 0 ? 0xffff : checksum;
    }

    /** Sums 32-bit words: the carries fold into the ones' complement sum of 16-bit words that RFC 768 asks for. */
    private static long sum(MemorySegment bytes, long at, int count) {
        long sum = 0;
        int i = 0;
        for (; i + 4 <= count; i += 4) {
            sum += Integer.toUnsignedLong(bytes.get(NETWORK_INT, at + i));
        }
        for (int shift = 24; i < count; i++, shift -= 8) {
            sum += (bytes.get(JAVA_BYTE, at + i) & 0xffL) << shift;
        }
        return sum;
    }
}
