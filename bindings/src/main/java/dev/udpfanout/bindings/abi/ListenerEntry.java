package dev.udpfanout.bindings.abi;

import dev.udpfanout.bindings.generated.abi.Abi;
import dev.udpfanout.bindings.generated.abi.uf_listener;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/**
 * A value of the map LISTENERS: {@code struct uf_listener}.
 *
 * @param slot the listener's index into ENDPOINTS, CURSORS, STATS and DROPS
 * @param pass the datagram is for this node's own receiver: it is left to the stack
 */
public record ListenerEntry(int slot, boolean pass) {
    /** The value in the map's layout. */
    public MemorySegment write(SegmentAllocator allocator) {
        MemorySegment value = uf_listener.allocate(allocator);
        uf_listener.slot(value, slot);
        uf_listener.flags(value, pass ? Abi.UF_LISTENER_PASS() : 0);
        return value;
    }

    /** The value that {@link #write} wrote. */
    public static ListenerEntry read(MemorySegment value) {
        return new ListenerEntry(uf_listener.slot(value), (uf_listener.flags(value) & Abi.UF_LISTENER_PASS()) != 0);
    }

    /** An empty value to read into. */
    public static MemorySegment allocate(SegmentAllocator allocator) {
        return uf_listener.allocate(allocator);
    }
}
