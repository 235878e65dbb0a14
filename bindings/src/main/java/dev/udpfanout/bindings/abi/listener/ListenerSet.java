package dev.udpfanout.bindings.abi.listener;

import dev.udpfanout.bindings.abi.Limits;
import dev.udpfanout.bindings.generated.abi.Abi;
import dev.udpfanout.bindings.generated.abi.uf_listener_set;
import dev.udpfanout.bindings.map.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * A value of the map LISTENER_SETS: {@code struct uf_listener_set}. Its key is a {@link ListenerKey} with port 0.
 *
 * @param listeners at the address, without their MTUs; none if there are more than {@link Limits#MAX_LISTENERS_IN_SET},
 *     which the program takes for "unknown"
 * @param exclusive whether nobody else gets datagrams for the address
 * @param leased whether the set is of no account once the lease has run out
 */
public record ListenerSet(List<ListenerEntry> listeners, boolean exclusive, boolean leased) {
    /** How it is laid out. */
    public static final Codec<ListenerSet> CODEC =
            new Codec<>(uf_listener_set.layout(), ListenerSet::write, ListenerSet::read);

    /** As above; leased if all of these listeners are. */
    public ListenerSet(List<ListenerEntry> listeners, boolean exclusive) {
        this(
                listeners,
                exclusive,
                !listeners.isEmpty()
                        && listeners.stream()
                                .allMatch(listener -> listener.flags().contains(ListenerFlag.LEASED)));
    }

    public ListenerSet {
        listeners = listeners.size() > Limits.MAX_LISTENERS_IN_SET
                ? List.of()
                : listeners.stream()
                        .map(listener -> new ListenerEntry(listener.slot(), listener.flags()))
                        .toList();
    }

    /** The value that {@link #write} wrote. */
    public static ListenerSet read(MemorySegment value) {
        MemorySegment slots = uf_listener_set.slots(value);
        MemorySegment flags = uf_listener_set.listener_flags(value);
        List<ListenerEntry> listeners = new ArrayList<>();
        for (int i = 0; i < uf_listener_set.count(value); i++) {
            listeners.add(new ListenerEntry(
                    slots.getAtIndex(ValueLayout.JAVA_INT, i),
                    ListenerFlag.of(flags.getAtIndex(ValueLayout.JAVA_INT, i))));
        }
        int ofSet = uf_listener_set.flags(value);
        return new ListenerSet(listeners, (ofSet & Abi.UF_SET_EXCLUSIVE()) != 0, (ofSet & Abi.UF_SET_LEASED()) != 0);
    }

    /** An empty value to read into. */
    public static MemorySegment allocate(SegmentAllocator allocator) {
        return uf_listener_set.allocate(allocator);
    }

    /** The value in the map's layout. */
    public MemorySegment write(SegmentAllocator allocator) {
        MemorySegment value = uf_listener_set.allocate(allocator);
        uf_listener_set.flags(value, (exclusive ? Abi.UF_SET_EXCLUSIVE() : 0) | (leased ? Abi.UF_SET_LEASED() : 0));
        uf_listener_set.count(value, listeners.size());
        // Not the accessors of one element: jextract's count from the start of the struct, not of the array.
        MemorySegment slots = uf_listener_set.slots(value);
        MemorySegment flags = uf_listener_set.listener_flags(value);
        for (int i = 0; i < listeners.size(); i++) {
            slots.setAtIndex(ValueLayout.JAVA_INT, i, listeners.get(i).slot());
            flags.setAtIndex(
                    ValueLayout.JAVA_INT, i, ListenerFlag.bits(listeners.get(i).flags()));
        }
        return value;
    }
}
