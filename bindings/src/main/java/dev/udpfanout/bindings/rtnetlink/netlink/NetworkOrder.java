package dev.udpfanout.bindings.rtnetlink.netlink;

import java.nio.ByteOrder;

/** The few 16-bit values that rtnetlink carries in network byte order: htons(3). */
public final class NetworkOrder {
    private NetworkOrder() {}

    /** From host to network order, or back: an unsigned 16-bit number, in the low half of the result. */
    public static int swapped16(int value) {
        short half = (short) value;
        return Short.toUnsignedInt(
                ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? Short.reverseBytes(half) : half);
    }
}
