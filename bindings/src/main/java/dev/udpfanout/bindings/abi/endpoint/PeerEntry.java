package dev.udpfanout.bindings.abi.endpoint;

import dev.udpfanout.bindings.generated.abi.uf_peer;
import dev.udpfanout.bindings.map.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;

/**
 * A value of the map PEERS: what is behind a veth.
 *
 * @param mtuBytes of the veth; larger IP packets go by the next hop
 * @param destination the pod's hardware address, for example {@code 02:00:00:00:00:01}
 * @param source the hardware address of the interface by which this node reaches the pod
 */
public record PeerEntry(int mtuBytes, String destination, String source) {
    /** How it is laid out. */
    public static final Codec<PeerEntry> CODEC = Codec.writeOnly(uf_peer.layout(), PeerEntry::write);

    private static final HexFormat COLON_SEPARATED = HexFormat.ofDelimiter(":");

    /**
     * The value in the map's layout.
     *
     * @throws IllegalArgumentException if an address is not six bytes
     */
    public MemorySegment write(SegmentAllocator allocator) {
        MemorySegment value = uf_peer.allocate(allocator);
        uf_peer.mtu(value, mtuBytes);
        put(destination, uf_peer.destination(value));
        put(source, uf_peer.source(value));
        return value;
    }

    private static void put(String address, MemorySegment field) {
        byte[] bytes = COLON_SEPARATED.parseHex(address);
        if (bytes.length != field.byteSize()) {
            throw new IllegalArgumentException(address + " is not the address of an Ethernet interface");
        }
        MemorySegment.copy(bytes, 0, field, ValueLayout.JAVA_BYTE, 0, bytes.length);
    }
}
