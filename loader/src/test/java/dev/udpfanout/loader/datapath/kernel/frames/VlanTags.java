package dev.udpfanout.loader.datapath.kernel.frames;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.Collectors;

/** IEEE 802.1Q tags: behind a frame's link-layer addresses, each a type and 16 bits of priority and VLAN. */
public final class VlanTags {
    /** ETH_P_8021Q, in the upper two bytes of a tag. */
    public static final int CUSTOMER = 0x8100 << 16;
    /** ETH_P_8021AD, in the upper two bytes of a tag: around a customer's (QinQ). */
    public static final int PROVIDER = 0x88a8 << 16;
    /** The highest priority, and no VLAN. */
    public static final int PRIORITY = 0xe000;

    private static final int ADDRESSES_BYTES = 12;

    private VlanTags() {}

    /**
     * Puts tags into a frame.
     *
     * @param tags from the outer one
     */
    public static byte[] put(byte[] plain, int... tags) {
        ByteBuffer frame =
                ByteBuffer.allocate(plain.length + Integer.BYTES * tags.length).put(plain, 0, ADDRESSES_BYTES);
        for (int tag : tags) {
            frame.putInt(tag);
        }
        return frame.put(plain, ADDRESSES_BYTES, plain.length - ADDRESSES_BYTES).array();
    }

    public static String text(int... tags) {
        return Arrays.stream(tags).mapToObj(Integer::toHexString).collect(Collectors.joining(" "));
    }
}
