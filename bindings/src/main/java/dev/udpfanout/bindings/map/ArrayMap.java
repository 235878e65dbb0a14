package dev.udpfanout.bindings.map;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.libbpf.BpfMap;
import dev.udpfanout.bindings.libbpf.MapBatch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** An array of values (BPF_MAP_TYPE_ARRAY): each element is there from the beginning, all zero. Any thread. */
public final class ArrayMap<V> implements Clearable {
    private final BpfMap map;
    private final Codec<V> values;

    /** @param map its elements are as long as the codec's */
    public ArrayMap(BpfMap map, Codec<V> values) {
        this.map = map;
        this.values = values;
    }

    /** How many elements it has. */
    public int length() {
        return map.shape().maxEntries();
    }

    /** An element. */
    public V get(int index) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = values.allocate(arena, 1);
            if (!map.get(arena.allocateFrom(ValueLayout.JAVA_INT, index), value, index)) {
                throw new IndexOutOfBoundsException(map.name() + " has no element " + index);
            }
            return values.read(value);
        }
    }

    /** Sets an element. */
    public void put(int index, V value) {
        try (Arena arena = Arena.ofConfined()) {
            map.put(arena.allocateFrom(ValueLayout.JAVA_INT, index), values.write(value, arena), index);
        }
    }

    /** Sets the first elements, in one system call where the kernel has that. */
    public void putAll(List<V> first) {
        if (first.isEmpty()) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment elements = values.allocate(arena, first.size());
            for (int i = 0; i < first.size(); i++) {
                values.writeAt(elements, i, first.get(i));
            }
            ArrayBatch.put(map, elements, first.size());
        }
    }

    @Override
    public void clear(int index) {
        try (Arena arena = Arena.ofConfined()) {
            map.put(arena.allocateFrom(ValueLayout.JAVA_INT, index), values.allocate(arena, 1), index);
        }
    }

    /** All elements, in one system call where the kernel has that. */
    public List<V> all() {
        int length = length();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment keys = arena.allocate(ValueLayout.JAVA_INT, length);
            MemorySegment all = values.allocate(arena, length);
            MemorySegment position = arena.allocate(Long.BYTES, Long.BYTES);
            MapBatch.Outcome outcome = MapBatch.lookup(map, MemorySegment.NULL, position, keys, all, length);
            if (outcome.isUnsupported()) {
                return oneByOne(length);
            }
            boolean isWhole = outcome.isComplete() || outcome.errno().equals(Errno.ENOENT);
            if (!isWhole || outcome.done() != length) {
                throw outcome.failure(map.name(), outcome.done());
            }
            List<V> read = new ArrayList<>(length);
            for (int i = 0; i < length; i++) {
                read.add(values.read(values.slice(all, i)));
            }
            return read;
        }
    }

    private List<V> oneByOne(int length) {
        List<V> read = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            read.add(get(i));
        }
        return read;
    }
}
