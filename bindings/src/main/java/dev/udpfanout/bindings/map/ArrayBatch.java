package dev.udpfanout.bindings.map;

import dev.udpfanout.bindings.libbpf.BpfMap;
import dev.udpfanout.bindings.libbpf.MapBatch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The first elements of an array at once. */
final class ArrayBatch {
    private ArrayBatch() {}

    /** Sets elements 0..count-1, in one system call where the kernel has that for the kind of map. */
    static void put(BpfMap map, MemorySegment elements, int count) {
        long bytes = elements.byteSize() / count;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment keys = arena.allocate(ValueLayout.JAVA_INT, count);
            for (int i = 0; i < count; i++) {
                keys.setAtIndex(ValueLayout.JAVA_INT, i, i);
            }
            MapBatch.Outcome outcome = MapBatch.update(map, keys, elements, count);
            if (outcome.isUnsupported()) {
                for (int i = 0; i < count; i++) {
                    MemorySegment key = keys.asSlice((long) Integer.BYTES * i, Integer.BYTES);
                    map.put(key, elements.asSlice(bytes * i, bytes), i);
                }
            } else if (!outcome.isComplete()) {
                throw outcome.failure(map.name(), outcome.done());
            }
        }
    }
}
