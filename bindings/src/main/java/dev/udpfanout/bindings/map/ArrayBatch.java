package dev.udpfanout.bindings.map;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.libbpf.BpfMap;
import dev.udpfanout.bindings.libbpf.MapBatch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.zip.CRC32C;

/** The first elements of an array at once. */
final class ArrayBatch {
    private ArrayBatch() {}

    /**
     * A checksum of the bytes of all elements, in one system call where the kernel has that for the kind of map.
     *
     * @param valueBytes of each element
     */
    static long checksum(BpfMap map, int valueBytes) {
        int count = map.shape().maxEntries();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment keys = arena.allocate(ValueLayout.JAVA_INT, count);
            MemorySegment elements = arena.allocate((long) valueBytes * count, Long.BYTES);
            MemorySegment position = arena.allocate(Long.BYTES, Long.BYTES);
            MapBatch.Outcome outcome = MapBatch.lookup(map, MemorySegment.NULL, position, keys, elements, count);
            if (outcome.isUnsupported()) {
                for (int i = 0; i < count; i++) {
                    MemorySegment key = arena.allocateFrom(ValueLayout.JAVA_INT, i);
                    map.get(key, elements.asSlice((long) valueBytes * i, valueBytes), i);
                }
            } else if (!outcome.isComplete() && !outcome.errno().equals(Errno.ENOENT)) {
                throw outcome.failure(map.name(), outcome.done());
            }
            return checksum(elements);
        }
    }

    /** The checksum of elements that are not in a map yet. */
    static long checksum(MemorySegment elements) {
        CRC32C checksum = new CRC32C();
        checksum.update(elements.asByteBuffer());
        return checksum.getValue();
    }

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
