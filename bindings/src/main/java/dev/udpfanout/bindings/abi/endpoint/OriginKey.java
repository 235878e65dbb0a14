package dev.udpfanout.bindings.abi.endpoint;

import dev.udpfanout.bindings.abi.MappedAddress;
import dev.udpfanout.bindings.abi.NetworkOrder;
import dev.udpfanout.bindings.generated.abi.uf_origin_key;
import dev.udpfanout.bindings.map.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.net.Inet4Address;
import java.net.InetSocketAddress;

/**
 * A key of the maps ORIGINS and UNREACHABLE: {@code struct uf_origin_key}.
 *
 * @param endpoint resolved
 */
public record OriginKey(InetSocketAddress endpoint) {
    /** How it is laid out. */
    public static final Codec<OriginKey> CODEC = new Codec<>(uf_origin_key.layout(), OriginKey::write, OriginKey::read);

    /** The key in the map's layout. */
    public MemorySegment write(SegmentAllocator allocator) {
        MemorySegment key = uf_origin_key.allocate(allocator);
        uf_origin_key.port(key, NetworkOrder.swapped(endpoint.getPort()));
        uf_origin_key.family(key, (short) (endpoint.getAddress() instanceof Inet4Address ? 4 : 6));
        MappedAddress.write(endpoint.getAddress(), uf_origin_key.address(key));
        return key;
    }

    /** The key that {@link #write} wrote. */
    public static OriginKey read(MemorySegment key) {
        return new OriginKey(new InetSocketAddress(
                MappedAddress.read(uf_origin_key.address(key), uf_origin_key.family(key)),
                NetworkOrder.swapped(uf_origin_key.port(key)) & 0xffff));
    }
}
