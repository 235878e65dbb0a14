package dev.udpfanout.bindings.abi.listener;

import dev.udpfanout.bindings.abi.MappedAddress;
import dev.udpfanout.bindings.generated.abi.uf_range;
import dev.udpfanout.bindings.map.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Optional;

/**
 * A value of the map LISTENER_RANGES: {@code struct uf_range}.
 *
 * @param network the range's first address; no bit is set behind the prefix
 * @param bits the prefix's length, 1..32 or 1..128
 */
public record AddressRange(InetAddress network, int bits) {
    /** How one is laid out; empty where a listener has none. */
    public static final Codec<Optional<AddressRange>> CODEC =
            Codec.writeOnly(uf_range.layout(), (range, allocator) -> range.map(each -> each.write(allocator))
                    .orElseGet(() -> none(allocator)));

    /** In front of an IPv4 address: ::ffff:0:0/96. */
    private static final int MAPPED_BITS = 96;

    /** A listener's that has none. */
    public static MemorySegment none(SegmentAllocator allocator) {
        return uf_range.allocate(allocator).fill((byte) 0);
    }

    /** The value in the map's layout. */
    public MemorySegment write(SegmentAllocator allocator) {
        MemorySegment value = none(allocator);
        MappedAddress.write(network, uf_range.network(value));
        MemorySegment mask = uf_range.mask(value);
        int ones = network instanceof Inet4Address ? MAPPED_BITS + bits : bits;
        for (int bit = 0; bit < ones; bit++) {
            long at = bit / Byte.SIZE;
            byte mine = (byte) (0x80 >> bit % Byte.SIZE);
            mask.set(ValueLayout.JAVA_BYTE, at, (byte) (mask.get(ValueLayout.JAVA_BYTE, at) | mine));
        }
        return value;
    }
}
