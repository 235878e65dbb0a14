package dev.udpfanout.bindings.abi;

import dev.udpfanout.bindings.generated.abi.Abi;
import dev.udpfanout.bindings.generated.abi.uf_listener_set;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * A value of the map LISTENER_SETS: {@code struct uf_listener_set}. Its key is a {@link ListenerKey} with port 0.
 *
 * @param slots of the listeners at the address; more than {@link Limits#MAX_LISTENERS_IN_SET} read as none
 * @param exclusive whether nobody else gets datagrams for the address
 */
public record ListenerSet(List<Integer> slots, boolean exclusive) {
    public ListenerSet {
        slots = List.copyOf(slots);
    }

    /** The value that {@link #write} wrote. */
    public static ListenerSet read(MemorySegment value) {
        MemorySegment array = uf_listener_set.slots(value);
        List<Integer> slots = new ArrayList<>();
        for (int i = 0; i < uf_listener_set.count(value); i++) {
            slots.add(array.getAtIndex(ValueLayout.JAVA_INT, i));
        }
        return new ListenerSet(slots, (uf_listener_set.flags(value) & Abi.UF_SET_EXCLUSIVE()) != 0);
    }

    /** An empty value to read into. */
    public static MemorySegment allocate(SegmentAllocator allocator) {
        return uf_listener_set.allocate(allocator);
    }

    /** The value in the map's layout. */
    public MemorySegment write(SegmentAllocator allocator) {
        MemorySegment value = uf_listener_set.allocate(allocator);
        uf_listener_set.flags(value, exclusive ? Abi.UF_SET_EXCLUSIVE() : 0);
        if (slots.size() <= Limits.MAX_LISTENERS_IN_SET) {
            uf_listener_set.count(value, slots.size());
            // Not the accessor of one element: jextract's counts from the start of the struct, not of the array.
            MemorySegment array = uf_listener_set.slots(value);
            for (int i = 0; i < slots.size(); i++) {
                array.setAtIndex(ValueLayout.JAVA_INT, i, slots.get(i));
            }
        }
        return value;
    }
}
