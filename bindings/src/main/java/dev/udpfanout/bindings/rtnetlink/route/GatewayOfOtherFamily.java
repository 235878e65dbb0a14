package dev.udpfanout.bindings.rtnetlink.route;

import dev.udpfanout.bindings.rtnetlink.netlink.InternetAddress;
import dev.udpfanout.bindings.rtnetlink.netlink.MalformedMessageException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** An IPv4 route's IPv6 gateway: struct rtvia of linux/rtnetlink.h, a 16-bit family in host order and the address. */
final class GatewayOfOtherFamily {
    private static final long FAMILY_BYTES = Short.BYTES;

    private GatewayOfOtherFamily() {}

    static Optional<InetAddress> decode(MemorySegment value) {
        if (value.byteSize() < FAMILY_BYTES) {
            throw new MalformedMessageException("RTA_VIA has " + value.byteSize() + " bytes");
        }
        int family = Short.toUnsignedInt(value.get(ValueLayout.JAVA_SHORT_UNALIGNED, 0));
        return InternetAddress.isFamily(family)
                ? Optional.of(InternetAddress.decode(family, value.asSlice(FAMILY_BYTES)))
                : Optional.empty();
    }

    static byte[] encode(InetAddress gateway) {
        byte[] address = gateway.getAddress();
        return ByteBuffer.allocate((int) FAMILY_BYTES + address.length)
                .order(ByteOrder.nativeOrder())
                .putShort((short) InternetAddress.family(gateway))
                .put(address)
                .array();
    }
}
