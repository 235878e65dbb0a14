package dev.udpfanout.bindings.abi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * Addresses as the maps have them: 16 bytes in network byte order, IPv4 as ::ffff:a.b.c.d (RFC 4291 section 2.5.5.2).
 */
public final class MappedAddress {
    public static final int BYTES = 16;
    private static final int PREFIX_BYTES = 12;
    private static final MemorySegment IPV4_PREFIX =
            MemorySegment.ofArray(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1});

    private MappedAddress() {}

    public static void write(InetAddress address, MemorySegment to) {
        byte[] bytes = address.getAddress();
        if (address instanceof Inet4Address) {
            byte[] mapped = new byte[BYTES];
            mapped[10] = mapped[11] = (byte) 0xff;
            System.arraycopy(bytes, 0, mapped, PREFIX_BYTES, bytes.length);
            bytes = mapped;
        }
        MemorySegment.copy(bytes, 0, to, ValueLayout.JAVA_BYTE, 0, BYTES);
    }

    /** Whether it is an IPv4 address, where no IPv6 address in that form can be. */
    public static boolean isIpv4(MemorySegment from) {
        return from.asSlice(0, PREFIX_BYTES).mismatch(IPV4_PREFIX) < 0;
    }

    /** @param family 4 or 6: the IPv6 address ::ffff:0.0.0.0 and the IPv4 wildcard look alike */
    public static InetAddress read(MemorySegment from, int family) {
        byte[] bytes = from.asSlice(0, BYTES).toArray(ValueLayout.JAVA_BYTE);
        try {
            return InetAddress.getByAddress(family == 4 ? Arrays.copyOfRange(bytes, PREFIX_BYTES, BYTES) : bytes);
        } catch (UnknownHostException e) {
            throw new AssertionError("an address of 4 or 16 bytes is always valid", e);
        }
    }
}
