package dev.udpfanout.bindings.abi.listener;

import dev.udpfanout.bindings.abi.MappedAddress;
import dev.udpfanout.bindings.abi.NetworkOrder;
import dev.udpfanout.bindings.generated.abi.uf_listener_key;
import dev.udpfanout.bindings.map.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.net.Inet4Address;
import java.net.InetAddress;

/**
 * A key of the map LISTENERS: {@code struct uf_listener_key}.
 *
 * @param ifindex interface on whose hook the datagram is seen
 * @param address destination address; 0.0.0.0 or :: matches the node's own addresses
 * @param port UDP destination port, 1..65535; 0 in a key of LISTENER_SETS
 */
public record ListenerKey(int ifindex, InetAddress address, int port) {
    /** How it is laid out. */
    public static final Codec<ListenerKey> CODEC =
            new Codec<>(uf_listener_key.layout(), ListenerKey::write, ListenerKey::read);

    public static final long BYTES = uf_listener_key.sizeof();

    /** The key in the map's layout. */
    public MemorySegment write(SegmentAllocator allocator) {
        MemorySegment key = uf_listener_key.allocate(allocator);
        uf_listener_key.ifindex(key, ifindex);
        uf_listener_key.port(key, NetworkOrder.swapped(port));
        uf_listener_key.family(key, (short) (address instanceof Inet4Address ? 4 : 6));
        MappedAddress.write(address, uf_listener_key.address(key));
        return key;
    }

    /** The key that {@link #write} wrote. */
    public static ListenerKey read(MemorySegment key) {
        return new ListenerKey(
                uf_listener_key.ifindex(key),
                MappedAddress.read(uf_listener_key.address(key), uf_listener_key.family(key)),
                NetworkOrder.swapped(uf_listener_key.port(key)) & 0xffff);
    }
}
