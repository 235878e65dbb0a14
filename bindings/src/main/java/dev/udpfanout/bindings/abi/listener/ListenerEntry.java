package dev.udpfanout.bindings.abi.listener;

import dev.udpfanout.bindings.generated.abi.uf_listener;
import dev.udpfanout.bindings.map.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.Set;

/**
 * A value of the map LISTENERS: {@code struct uf_listener}.
 *
 * @param slot the listener's index into all maps that have an element a listener
 * @param flags what the program does beyond the rule
 */
public record ListenerEntry(int slot, Set<ListenerFlag> flags) {
    /** How it is laid out. */
    public static final Codec<ListenerEntry> CODEC =
            new Codec<>(uf_listener.layout(), ListenerEntry::write, ListenerEntry::read);

    public ListenerEntry {
        flags = Set.copyOf(flags);
    }

    /** The entry that leaves datagrams to the stack: they are for this node's own receiver. */
    public static ListenerEntry pass(int slot) {
        return new ListenerEntry(slot, Set.of(ListenerFlag.PASS));
    }

    /** Whether the datagram is left to the stack. */
    public boolean isPass() {
        return flags.contains(ListenerFlag.PASS);
    }

    /** The value in the map's layout. */
    public MemorySegment write(SegmentAllocator allocator) {
        MemorySegment value = uf_listener.allocate(allocator);
        uf_listener.slot(value, slot);
        uf_listener.flags(value, ListenerFlag.bits(flags));
        return value;
    }

    /** The value that {@link #write} wrote. */
    public static ListenerEntry read(MemorySegment value) {
        return new ListenerEntry(uf_listener.slot(value), ListenerFlag.of(uf_listener.flags(value)));
    }

    /** An empty value to read into. */
    public static MemorySegment allocate(SegmentAllocator allocator) {
        return uf_listener.allocate(allocator);
    }
}
