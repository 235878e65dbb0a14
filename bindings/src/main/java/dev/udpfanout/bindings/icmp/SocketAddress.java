package dev.udpfanout.bindings.icmp;

import dev.udpfanout.bindings.generated.libc.in6_addr;
import dev.udpfanout.bindings.generated.libc.sockaddr_in;
import dev.udpfanout.bindings.generated.libc.sockaddr_in6;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * Between {@code struct sockaddr_in} or {@code sockaddr_in6}, addresses in network byte order, and Java's addresses.
 */
final class SocketAddress {
    private SocketAddress() {}

    /** @param struct of the size that the address's family says */
    static void write(MemorySegment struct, InetAddress address) {
        struct.fill((byte) 0);
        // In both structures at the same place.
        sockaddr_in.sin_family(struct, (short) IcmpFamily.of(address).domain().family());
        byte[] bytes = address.getAddress();
        MemorySegment.copy(bytes, 0, addressIn(struct, IcmpFamily.of(address)), ValueLayout.JAVA_BYTE, 0, bytes.length);
        if (address instanceof Inet6Address scoped) {
            sockaddr_in6.sin6_scope_id(struct, scoped.getScopeId());
        }
    }

    static InetAddress read(MemorySegment struct, IcmpFamily family) {
        try {
            return InetAddress.getByAddress(addressIn(struct, family).toArray(ValueLayout.JAVA_BYTE));
        } catch (UnknownHostException e) {
            throw new AssertionError("4 or 16 bytes are always an address", e);
        }
    }

    private static MemorySegment addressIn(MemorySegment struct, IcmpFamily family) {
        return family == IcmpFamily.V4
                ? sockaddr_in.sin_addr(struct)
                : sockaddr_in6.sin6_addr(struct).asSlice(0, in6_addr.sizeof());
    }
}
