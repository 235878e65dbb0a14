package dev.udpfanout.bindings.abi.admission;

import dev.udpfanout.bindings.abi.MappedAddress;
import dev.udpfanout.bindings.generated.abi.uf_allowed_source;
import dev.udpfanout.bindings.map.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.net.Inet4Address;
import java.net.InetAddress;

/**
 * A key of the map ALLOWED_SOURCES: {@code struct uf_allowed_source}.
 *
 * @param slot the listener's
 * @param network the prefix's first address; no bit is set behind the prefix, and it is no IPv4 address in IPv6's form
 * @param bits the prefix's length, 0..32 or 0..128
 */
public record AllowedSource(int slot, InetAddress network, int bits) {
    /** How it is laid out. */
    public static final Codec<AllowedSource> CODEC =
            new Codec<>(uf_allowed_source.layout(), AllowedSource::write, AllowedSource::read);

    public static final long BYTES = uf_allowed_source.sizeof();

    /** In front of every prefix: the slot. */
    private static final int SLOT_BITS = Integer.SIZE;

    /** In front of an IPv4 address: ::ffff:0:0/96. */
    private static final int MAPPED_BITS = 96;

    /** The key in the map's layout. */
    public MemorySegment write(SegmentAllocator allocator) {
        MemorySegment key = uf_allowed_source.allocate(allocator);
        uf_allowed_source.prefix_bits(key, SLOT_BITS + (network instanceof Inet4Address ? MAPPED_BITS : 0) + bits);
        uf_allowed_source.slot(key, slot);
        MappedAddress.write(network, uf_allowed_source.address(key));
        return key;
    }

    /** The key that {@link #write} wrote. */
    public static AllowedSource read(MemorySegment key) {
        MemorySegment address = uf_allowed_source.address(key);
        int bits = uf_allowed_source.prefix_bits(key) - SLOT_BITS;
        boolean isIpv4 = bits >= MAPPED_BITS && MappedAddress.isIpv4(address);
        return new AllowedSource(
                uf_allowed_source.slot(key),
                MappedAddress.read(address, isIpv4 ? 4 : 6),
                isIpv4 ? bits - MAPPED_BITS : bits);
    }
}
