package dev.udpfanout.bindings.abi.listener;

import dev.udpfanout.bindings.generated.abi.uf_listener;
import dev.udpfanout.bindings.map.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.EnumSet;
import java.util.Set;

/**
 * A value of the map LISTENERS: {@code struct uf_listener}.
 *
 * @param slot the listener's index into all maps that have an element a listener
 * @param flags what the program does beyond the rule
 * @param mtuBytes of the largest IP packet that fits the ways to all endpoints of the listener; 0 if that is not known
 */
public record ListenerEntry(int slot, Set<ListenerFlag> flags, int mtuBytes) {
    /** How it is laid out. */
    public static final Codec<ListenerEntry> CODEC =
            new Codec<>(uf_listener.layout(), ListenerEntry::write, ListenerEntry::read);

    public ListenerEntry {
        flags = Set.copyOf(flags);
    }

    /** An entry whose endpoints' ways are not known. */
    public ListenerEntry(int slot, Set<ListenerFlag> flags) {
        this(slot, flags, 0);
    }

    /** The entry that leaves datagrams to the stack: they are for this node's own receiver. */
    public static ListenerEntry pass(int slot) {
        return new ListenerEntry(slot, Set.of(ListenerFlag.PASS));
    }

    /**
     * This entry for a listener whose endpoints' ways are known. If the interface lets larger packets in, fragments go
     * through the stack.
     *
     * @param mtuBytes of the ways; 0 if it is not known
     * @param interfaceMtuBytes of the interface where the listener waits; 0 if it is not known
     */
    public ListenerEntry withMtu(int mtuBytes, int interfaceMtuBytes) {
        Set<ListenerFlag> all = EnumSet.noneOf(ListenerFlag.class);
        all.addAll(flags);
        if (mtuBytes > 0 && mtuBytes < interfaceMtuBytes) {
            all.add(ListenerFlag.FRAGMENTS_BY_STACK);
        }
        return new ListenerEntry(slot, all, mtuBytes);
    }

    /** This entry with further flags. */
    public ListenerEntry with(Set<ListenerFlag> more) {
        Set<ListenerFlag> all = EnumSet.noneOf(ListenerFlag.class);
        all.addAll(flags);
        all.addAll(more);
        return new ListenerEntry(slot, all, mtuBytes);
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
        uf_listener.mtu(value, mtuBytes);
        return value;
    }

    /** The value that {@link #write} wrote. */
    public static ListenerEntry read(MemorySegment value) {
        return new ListenerEntry(
                uf_listener.slot(value), ListenerFlag.of(uf_listener.flags(value)), uf_listener.mtu(value));
    }

    /** An empty value to read into. */
    public static MemorySegment allocate(SegmentAllocator allocator) {
        return uf_listener.allocate(allocator);
    }
}
