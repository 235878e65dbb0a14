package dev.udpfanout.loader.config;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/** An address as people write it; IPv6 in the short form of RFC 5952, which Java's own text is not. */
public final class AddressText {
    private static final int GROUPS = 8;

    private AddressText() {}

    /** Without a port and without brackets; IPv6 in lower case, the longest run of zeros as {@code ::}. */
    public static String of(InetAddress address) {
        return address instanceof Inet6Address ? ipv6(address.getAddress()) : address.getHostAddress();
    }

    /** 4 or 6. */
    public static int family(InetAddress address) {
        return address instanceof Inet6Address ? 6 : 4;
    }

    /** A router forwards nothing that comes from or goes to such an address: RFC 4291 section 2.5.6. */
    public static boolean isLinkLocalIpv6(InetAddress address) {
        return address instanceof Inet6Address && address.isLinkLocalAddress();
    }

    private static String ipv6(byte[] bytes) {
        ByteBuffer groups = ByteBuffer.wrap(bytes);
        int from = 0;
        int zeros = 0;
        for (int i = 0; i < GROUPS; i++) {
            int run = 0;
            while (i + run < GROUPS && groups.getShort(2 * (i + run)) == 0) {
                run++;
            }
            if (run > zeros) {
                from = i;
                zeros = run;
            }
        }
        // Section 4.2.2: one group of zeros alone is not shortened.
        return zeros < 2
                ? joined(groups, 0, GROUPS)
                : joined(groups, 0, from) + "::" + joined(groups, from + zeros, GROUPS);
    }

    private static String joined(ByteBuffer groups, int from, int to) {
        StringBuilder text = new StringBuilder();
        for (int i = from; i < to; i++) {
            text.append(i == from ? "" : ":").append(Integer.toHexString(Short.toUnsignedInt(groups.getShort(2 * i))));
        }
        return text.toString();
    }
}
