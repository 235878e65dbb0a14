package dev.udpfanout.bindings.abi.listener;

import dev.udpfanout.bindings.generated.abi.uf_listener_ports;
import dev.udpfanout.bindings.map.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Set;

/**
 * The value of the map LISTENER_PORTS: {@code struct uf_listener_ports}.
 *
 * @param generation another number whenever the answer to "which listener is it?" may have changed; not 0
 * @param ports with a listener: 0 to 65535
 */
public record ListenerPorts(long generation, Set<Integer> ports) {
    /** How it is written; nobody in Java reads it. */
    public static final Codec<ListenerPorts> CODEC = Codec.writeOnly(uf_listener_ports.layout(), ListenerPorts::write);

    private static MemorySegment write(ListenerPorts value, SegmentAllocator allocator) {
        MemorySegment segment = uf_listener_ports.allocate(allocator).fill((byte) 0);
        uf_listener_ports.generation(segment, value.generation);
        for (int port : value.ports) {
            int bit = Short.toUnsignedInt(inHostOrder(port));
            long at = uf_listener_ports.bits$offset() + (long) (bit / Long.SIZE) * Long.BYTES;
            segment.set(ValueLayout.JAVA_LONG, at, segment.get(ValueLayout.JAVA_LONG, at) | 1L << bit % Long.SIZE);
        }
        return segment;
    }

    /** What the program reads from the two bytes of the header. */
    private static short inHostOrder(int port) {
        return ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? (short) port : Short.reverseBytes((short) port);
    }
}
