package dev.udpfanout.forwarder.socket;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;

/** struct sockaddr_in (16 bytes) and sockaddr_in6 (28 bytes), ports in network byte order. Source: ip(7), ipv6(7). */
public final class SocketAddresses {
    public static final int AF_INET = 2;
    public static final int AF_INET6 = 10;

    /** Bytes of sockaddr_in. */
    public static final int IPV4_BYTES = 16;

    /** Bytes of sockaddr_in6, the longer of the two. */
    public static final int IPV6_BYTES = 28;

    /** Where the port stands in both. */
    public static final long PORT_OFFSET = 2;

    /** Where sockaddr_in has its four bytes of address. */
    public static final long IPV4_ADDRESS_OFFSET = 4;

    /** Where sockaddr_in6 has its sixteen bytes of address. */
    public static final long IPV6_ADDRESS_OFFSET = 8;

    /** Where sockaddr_in6 has the interface's index, in native byte order; 0 but for link-local addresses. */
    public static final long IPV6_SCOPE_OFFSET = 24;

    private static final ValueLayout.OfShort FAMILY = ValueLayout.JAVA_SHORT;
    private static final ValueLayout.OfShort PORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private SocketAddresses() {}

    /** The address family: AF_INET or AF_INET6. */
    public static int family(InetAddress address) {
        return address instanceof Inet4Address ? AF_INET : AF_INET6;
    }

    /** Encodes an address that must be resolved. */
    public static MemorySegment encode(InetSocketAddress address, SegmentAllocator allocator) {
        byte[] bytes = address.getAddress().getAddress();
        boolean ipv4 = bytes.length == 4;
        MemorySegment encoded =
                allocator.allocate(ipv4 ? IPV4_BYTES : IPV6_BYTES, 4).fill((byte) 0);
        encoded.set(FAMILY, 0, (short) (ipv4 ? AF_INET : AF_INET6));
        encoded.set(PORT, PORT_OFFSET, (short) address.getPort());
        MemorySegment.copy(
                bytes, 0, encoded, JAVA_BYTE, ipv4 ? IPV4_ADDRESS_OFFSET : IPV6_ADDRESS_OFFSET, bytes.length);
        if (address.getAddress() instanceof Inet6Address ipv6) {
            encoded.set(ValueLayout.JAVA_INT, IPV6_SCOPE_OFFSET, ipv6.getScopeId());
        }
        return encoded;
    }

    /** Decodes what {@link #encode} makes, or what the kernel filled in; the scope is left out. */
    public static InetSocketAddress decode(MemorySegment encoded) {
        boolean ipv4 = encoded.get(FAMILY, 0) == AF_INET;
        byte[] bytes = new byte[ipv4 ? 4 : 16];
        MemorySegment.copy(
                encoded, JAVA_BYTE, ipv4 ? IPV4_ADDRESS_OFFSET : IPV6_ADDRESS_OFFSET, bytes, 0, bytes.length);
        try {
            return new InetSocketAddress(
                    InetAddress.getByAddress(bytes), Short.toUnsignedInt(encoded.get(PORT, PORT_OFFSET)));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 4 or 16 bytes", e);
        }
    }
}
