package dev.udpfanout.bindings.abi.endpoint;

import dev.udpfanout.bindings.abi.MappedAddress;
import dev.udpfanout.bindings.abi.NetworkOrder;
import dev.udpfanout.bindings.generated.abi.uf_endpoint_counter_key;
import dev.udpfanout.bindings.map.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.net.Inet4Address;
import java.net.InetSocketAddress;

/**
 * A key of the map ENDPOINT_IDS: whose a counter is.
 *
 * @param slot the listener's
 * @param endpoint resolved
 */
public record EndpointCounterKey(int slot, InetSocketAddress endpoint) {
    /** How it is laid out. */
    public static final Codec<EndpointCounterKey> CODEC =
            new Codec<>(uf_endpoint_counter_key.layout(), EndpointCounterKey::write, EndpointCounterKey::read);

    public static final long BYTES = uf_endpoint_counter_key.sizeof();

    /** The key in the map's layout. */
    public MemorySegment write(SegmentAllocator allocator) {
        MemorySegment key = uf_endpoint_counter_key.allocate(allocator);
        uf_endpoint_counter_key.slot(key, slot);
        uf_endpoint_counter_key.port(key, NetworkOrder.swapped(endpoint.getPort()));
        uf_endpoint_counter_key.family(key, (short) (endpoint.getAddress() instanceof Inet4Address ? 4 : 6));
        MappedAddress.write(endpoint.getAddress(), uf_endpoint_counter_key.address(key));
        return key;
    }

    /** The key that {@link #write} wrote. */
    public static EndpointCounterKey read(MemorySegment key) {
        return new EndpointCounterKey(
                uf_endpoint_counter_key.slot(key),
                new InetSocketAddress(
                        MappedAddress.read(uf_endpoint_counter_key.address(key), uf_endpoint_counter_key.family(key)),
                        NetworkOrder.swapped(uf_endpoint_counter_key.port(key)) & 0xffff));
    }
}
