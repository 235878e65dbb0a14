package dev.udpfanout.bindings.icmp;

import static dev.udpfanout.bindings.generated.libc.Libc.AF_INET;

import dev.udpfanout.bindings.generated.libc.sockaddr_in;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** Between {@code struct sockaddr_in}, whose address is in network byte order, and Java's addresses. */
final class SocketAddress4 {
    private SocketAddress4() {}

    static void write(MemorySegment struct, Inet4Address address) {
        struct.fill((byte) 0);
        sockaddr_in.sin_family(struct, (short) AF_INET());
        MemorySegment.copy(
                address.getAddress(), 0, sockaddr_in.sin_addr(struct), ValueLayout.JAVA_BYTE, 0, Integer.BYTES);
    }

    static Inet4Address read(MemorySegment struct) {
        try {
            return (Inet4Address)
                    InetAddress.getByAddress(sockaddr_in.sin_addr(struct).toArray(ValueLayout.JAVA_BYTE));
        } catch (UnknownHostException e) {
            throw new AssertionError("four bytes are always an IPv4 address", e);
        }
    }
}
