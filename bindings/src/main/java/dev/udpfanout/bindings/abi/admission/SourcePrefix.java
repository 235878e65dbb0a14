package dev.udpfanout.bindings.abi.admission;

import dev.udpfanout.bindings.generated.abi.uf_source_prefix;
import dev.udpfanout.bindings.map.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * A key of the map REVERSE_PATH_ROUTES: {@code struct uf_source_prefix}.
 *
 * @param network the prefix's first address; no bit is set behind the prefix
 * @param bits the prefix's length, 0..32
 */
public record SourcePrefix(Inet4Address network, int bits) {
    /** How it is laid out. */
    public static final Codec<SourcePrefix> CODEC =
            new Codec<>(uf_source_prefix.layout(), SourcePrefix::write, SourcePrefix::read);

    /** The key in the map's layout. */
    public MemorySegment write(SegmentAllocator allocator) {
        MemorySegment key = uf_source_prefix.allocate(allocator);
        uf_source_prefix.prefix_bits(key, bits);
        uf_source_prefix.address(key, MemorySegment.ofArray(network.getAddress()));
        return key;
    }

    /** The key that {@link #write} wrote. */
    public static SourcePrefix read(MemorySegment key) {
        byte[] address = uf_source_prefix.address(key).toArray(ValueLayout.JAVA_BYTE);
        try {
            return new SourcePrefix(
                    (Inet4Address) InetAddress.getByAddress(address), uf_source_prefix.prefix_bits(key));
        } catch (UnknownHostException e) {
            throw new AssertionError("four bytes are an address", e);
        }
    }
}
