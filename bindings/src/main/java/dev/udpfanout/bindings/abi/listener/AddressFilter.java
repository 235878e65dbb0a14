package dev.udpfanout.bindings.abi.listener;

import dev.udpfanout.bindings.abi.MappedAddress;
import dev.udpfanout.bindings.generated.abi.Abi;
import dev.udpfanout.bindings.generated.abi.uf_address_filter;
import dev.udpfanout.bindings.map.Codec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.util.Collection;

/**
 * The value of the map LOCAL_FILTER: a bit for each address of LOCAL_ADDRESSES, by which the kernel program tells most
 * others without a look-up.
 */
public final class AddressFilter {
    /** How one is made of addresses, which cannot be told from it. */
    public static final Codec<Collection<InetAddress>> CODEC = Codec.writeOnly(
            uf_address_filter.layout(), (addresses, allocator) -> AddressFilter.write(allocator, addresses));

    private AddressFilter() {}

    /** The filter over the addresses, IPv4 or IPv6, in the map's layout. */
    public static MemorySegment write(SegmentAllocator allocator, Collection<InetAddress> addresses) {
        MemorySegment filter = uf_address_filter.allocate(allocator);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mapped = arena.allocate(MappedAddress.BYTES, Long.BYTES);
            for (InetAddress address : addresses) {
                MappedAddress.write(address, mapped);
                int bit = bit(mapped);
                long at = (long) (bit / Long.SIZE) * Long.BYTES;
                filter.set(ValueLayout.JAVA_LONG, at, filter.get(ValueLayout.JAVA_LONG, at) | 1L << bit % Long.SIZE);
            }
        }
        return filter;
    }

    // As struct uf_address_filter says, and uf_is_local does.
    private static int bit(MemorySegment mapped) {
        int words = 0;
        for (int i = 0; i < MappedAddress.BYTES / Integer.BYTES; i++) {
            words ^= mapped.getAtIndex(ValueLayout.JAVA_INT, i);
        }
        return words * Abi.UF_FILTER_SPREAD() >>> (Integer.SIZE - Abi.UF_FILTER_BITS());
    }
}
