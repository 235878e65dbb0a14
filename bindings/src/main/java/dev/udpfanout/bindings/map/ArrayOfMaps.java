package dev.udpfanout.bindings.map;

import dev.udpfanout.bindings.libbpf.BpfMap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/** An array whose elements are maps, or empty (BPF_MAP_TYPE_ARRAY_OF_MAPS). Any thread. */
public final class ArrayOfMaps {
    private final BpfMap map;

    public ArrayOfMaps(BpfMap map) {
        this.map = map;
    }

    /** The kernel's number for the map that is in an element; empty if none is. */
    public Optional<Integer> idAt(int index) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment id = arena.allocate(ValueLayout.JAVA_INT);
            return map.get(arena.allocateFrom(ValueLayout.JAVA_INT, index), id, index)
                    ? Optional.of(id.get(ValueLayout.JAVA_INT, 0))
                    : Optional.empty();
        }
    }

    /** Whether a map is in an element. */
    public boolean has(int index) {
        return idAt(index).isPresent();
    }

    /**
     * Puts a map into an element, in one step. It is in use at once, but this returns only when no program can still be
     * using the one before: after an RCU grace period (maybe_wait_bpf_programs, kernel/bpf/syscall.c).
     *
     * @param inner may be closed afterwards: the element holds it
     */
    public void put(int index, InnerMap inner) {
        try (Arena arena = Arena.ofConfined()) {
            map.put(
                    arena.allocateFrom(ValueLayout.JAVA_INT, index),
                    arena.allocateFrom(ValueLayout.JAVA_INT, inner.fd()),
                    index);
        }
    }

    /** Empties an element; no program can be using what was there any more when this returns. */
    public void remove(int index) {
        // Removing waits for an RCU grace period, even where there is nothing to remove.
        if (has(index)) {
            try (Arena arena = Arena.ofConfined()) {
                map.remove(arena.allocateFrom(ValueLayout.JAVA_INT, index), index);
            }
        }
    }
}
