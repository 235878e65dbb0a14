package dev.udpfanout.bindings.rtnetlink.netlink;

import static dev.udpfanout.bindings.generated.libc.Libc.AF_INET;
import static dev.udpfanout.bindings.generated.libc.Libc.AF_INET6;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** Between Java's addresses and rtnetlink's: a family number and 4 or 16 bytes in network byte order. */
public final class InternetAddress {
    private static final int IPV4_BYTES = 4;
    private static final int IPV6_BYTES = 16;

    private InternetAddress() {}

    /** Whether the family is one of the two that have addresses of this kind. */
    public static boolean isFamily(int family) {
        return family == AF_INET() || family == AF_INET6();
    }

    public static int family(InetAddress address) {
        return address instanceof Inet4Address ? AF_INET() : AF_INET6();
    }

    public static int bits(int family) {
        return family == AF_INET() ? IPV4_BYTES * Byte.SIZE : IPV6_BYTES * Byte.SIZE;
    }

    /** 0.0.0.0 or ::. */
    public static InetAddress any(int family) {
        return of(new byte[bits(family) / Byte.SIZE]);
    }

    public static InetAddress decode(int family, MemorySegment value) {
        if (value.byteSize() != bits(family) / Byte.SIZE) {
            throw new MalformedMessageException(
                    "an address of family " + family + " has " + value.byteSize() + " bytes");
        }
        return of(value.toArray(ValueLayout.JAVA_BYTE));
    }

    /** @throws IllegalArgumentException if the address has no prefix of that length */
    public static int checkedPrefixLength(InetAddress address, int prefixLength) {
        int bits = bits(family(address));
        if (prefixLength < 0 || prefixLength > bits) {
            throw new IllegalArgumentException("prefix length " + prefixLength + " of " + address.getHostAddress()
                    + " is not between 0 and " + bits);
        }
        return prefixLength;
    }

    private static InetAddress of(byte[] bytes) {
        try {
            // InetAddress.getByAddress would turn the IPv6 address ::ffff:192.0.2.1 into an IPv4 one.
            return bytes.length == IPV6_BYTES
                    ? Inet6Address.getByAddress(null, bytes, -1)
                    : InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new AssertionError("an address of " + bytes.length + " bytes", e);
        }
    }
}
