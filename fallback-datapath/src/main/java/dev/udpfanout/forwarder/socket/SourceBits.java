package dev.udpfanout.forwarder.socket;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A sender's address as one number of 128 bits, in two halves, IPv4 as v4-mapped (RFC 4291, section 2.5.5.2): compared
 * and hashed where it was received, without an object for it.
 */
public final class SourceBits {
    /** What stands above the 32 bits of an IPv4 address in the low half; the high half is 0. */
    public static final long IPV4_MAPPED = 0xffffL << 32;

    private static final ValueLayout.OfLong NETWORK_LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt NETWORK_INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfShort NETWORK_SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfShort FAMILY = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final int IPV6_ADDRESS_BYTES = 16;

    private SourceBits() {}

    /** The upper half of the address in a struct sockaddr_in or sockaddr_in6. */
    public static long high(MemorySegment memory, long sockaddrAt) {
        return isIpv4(memory, sockaddrAt)
                ? 0
                : memory.get(NETWORK_LONG, sockaddrAt + SocketAddresses.IPV6_ADDRESS_OFFSET);
    }

    /** The lower half. */
    public static long low(MemorySegment memory, long sockaddrAt) {
        return isIpv4(memory, sockaddrAt)
                ? mapped(memory.get(NETWORK_INT, sockaddrAt + SocketAddresses.IPV4_ADDRESS_OFFSET))
                : memory.get(NETWORK_LONG, sockaddrAt + SocketAddresses.IPV6_ADDRESS_OFFSET + Long.BYTES);
    }

    /** The port, 0 to 65535. */
    public static int port(MemorySegment memory, long sockaddrAt) {
        return Short.toUnsignedInt(memory.get(NETWORK_SHORT, sockaddrAt + SocketAddresses.PORT_OFFSET));
    }

    /** The upper half of an address that is an object already. */
    public static long high(InetAddress address) {
        byte[] bytes = address.getAddress();
        return bytes.length == IPV6_ADDRESS_BYTES ? ByteBuffer.wrap(bytes).getLong() : 0;
    }

    /** The lower half. */
    public static long low(InetAddress address) {
        byte[] bytes = address.getAddress();
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return bytes.length == IPV6_ADDRESS_BYTES ? buffer.getLong(Long.BYTES) : mapped(buffer.getInt());
    }

    private static long mapped(int ipv4) {
        return IPV4_MAPPED | Integer.toUnsignedLong(ipv4);
    }

    private static boolean isIpv4(MemorySegment memory, long sockaddrAt) {
        return memory.get(FAMILY, sockaddrAt) == SocketAddresses.AF_INET;
    }
}
