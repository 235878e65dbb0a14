package dev.udpfanout.bindings.abi.endpoint;

import dev.udpfanout.bindings.abi.MappedAddress;
import dev.udpfanout.bindings.abi.NetworkOrder;
import dev.udpfanout.bindings.generated.abi.Abi;
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
 * @param before how many origins of the endpoint come before this one, less than {@link #MAX_ORIGINS}; 0 in UNREACHABLE
 */
public record OriginKey(InetSocketAddress endpoint, int before) {
    /** Origins of an endpoint at the most. */
    public static final int MAX_ORIGINS = Abi.UF_MAX_ORIGINS_OF_ENDPOINT();

    /** How it is laid out. */
    public static final Codec<OriginKey> CODEC = new Codec<>(uf_origin_key.layout(), OriginKey::write, OriginKey::read);

    /** The key in the map's layout. */
    public MemorySegment write(SegmentAllocator allocator) {
        MemorySegment key = uf_origin_key.allocate(allocator);
        uf_origin_key.port(key, NetworkOrder.swapped(endpoint.getPort()));
        uf_origin_key.family(key, (short)
                ((endpoint.getAddress() instanceof Inet4Address ? 4 : 6) + before * Abi.UF_FURTHER_ORIGIN()));
        MappedAddress.write(endpoint.getAddress(), uf_origin_key.address(key));
        return key;
    }

    /** The key that {@link #write} wrote. */
    public static OriginKey read(MemorySegment key) {
        int family = Short.toUnsignedInt(uf_origin_key.family(key));
        return new OriginKey(
                new InetSocketAddress(
                        MappedAddress.read(uf_origin_key.address(key), family % Abi.UF_FURTHER_ORIGIN()),
                        NetworkOrder.swapped(uf_origin_key.port(key)) & 0xffff),
                family / Abi.UF_FURTHER_ORIGIN());
    }
}
