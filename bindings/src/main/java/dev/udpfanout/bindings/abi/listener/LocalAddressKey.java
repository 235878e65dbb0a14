package dev.udpfanout.bindings.abi.listener;

import dev.udpfanout.bindings.abi.MappedAddress;
import dev.udpfanout.bindings.map.Codec;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;

/**
 * A key of the map LOCAL_ADDRESSES: one of this node's own unicast addresses.
 *
 * @param address IPv4 or IPv6
 */
public record LocalAddressKey(InetAddress address) {
    /** How it is laid out. */
    public static final Codec<LocalAddressKey> CODEC = new Codec<>(
            MemoryLayout.sequenceLayout(MappedAddress.BYTES, ValueLayout.JAVA_BYTE),
            LocalAddressKey::write,
            LocalAddressKey::read);

    public static final long BYTES = MappedAddress.BYTES;
    private static final byte V4_MAPPED = (byte) 0xff;

    /** The key in the map's layout. */
    public MemorySegment write(SegmentAllocator allocator) {
        MemorySegment key = allocator.allocate(BYTES);
        MappedAddress.write(address, key);
        return key;
    }

    /** The key that {@link #write} wrote. */
    public static LocalAddressKey read(MemorySegment key) {
        boolean isIpv4 =
                key.get(ValueLayout.JAVA_BYTE, 10) == V4_MAPPED && key.get(ValueLayout.JAVA_BYTE, 11) == V4_MAPPED;
        return new LocalAddressKey(MappedAddress.read(key, isIpv4 ? 4 : 6));
    }
}
