package dev.udpfanout.bindings.map;

import dev.udpfanout.bindings.libbpf.BpfMap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * An array with an element for each CPU (BPF_MAP_TYPE_PERCPU_ARRAY): the program counts in its own CPU's, and Java
 * reads the sum. Any thread.
 */
public final class PerCpuArrayMap<V> implements Clearable {
    private final BpfMap map;
    private final Optional<BpfMap> before;
    private final int beforeLength;
    private final long bytesOfCpu;
    private final SumOverCpus<V> sum;
    private final int cpus = BpfMap.possibleCpus();

    /** Makes one value of those of all CPUs. */
    @FunctionalInterface
    public interface SumOverCpus<V> {
        /**
         * Adds them up.
         *
         * @param perCpu one value for each CPU, each rounded up to 8 bytes; not to be kept
         * @param cpus that could ever be there
         */
        V sum(MemorySegment perCpu, int cpus);
    }

    /**
     * @param before a shorter map that has counted for the same elements before this one: its values are added. It may
     *     go on counting.
     * @param element what one CPU has
     */
    public PerCpuArrayMap(BpfMap map, Optional<BpfMap> before, MemoryLayout element, SumOverCpus<V> sum) {
        this.map = map;
        this.before = before;
        this.beforeLength = before.map(each -> each.shape().maxEntries()).orElse(0);
        // copy_map_value_long, and round_up(value_size, 8) in kernel/bpf/syscall.c
        this.bytesOfCpu = Math.ceilDiv(element.byteSize(), Long.BYTES) * Long.BYTES;
        this.sum = sum;
    }

    /** How many elements it has. */
    public int length() {
        return map.shape().maxEntries();
    }

    /** The sum of an element's values. */
    public V get(int index) {
        try (Arena arena = Arena.ofConfined()) {
            if (index >= beforeLength) {
                return sum.sum(read(map, index, arena), cpus);
            }
            MemorySegment both = arena.allocate(bytesOfCpu * cpus * 2, Long.BYTES);
            both.asSlice(0, bytesOfCpu * cpus).copyFrom(read(map, index, arena));
            both.asSlice(bytesOfCpu * cpus).copyFrom(read(before.orElseThrow(), index, arena));
            return sum.sum(both, cpus * 2);
        }
    }

    /** An element's values, one for each CPU that could ever be there; without those of before. */
    public List<V> ofEachCpu(int index) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment perCpu = read(map, index, arena);
            return IntStream.range(0, cpus)
                    .mapToObj(cpu -> sum.sum(perCpu.asSlice(bytesOfCpu * cpu, bytesOfCpu), 1))
                    .toList();
        }
    }

    private MemorySegment read(BpfMap from, int index, Arena arena) {
        MemorySegment perCpu = arena.allocate(bytesOfCpu * cpus, Long.BYTES);
        if (!from.get(arena.allocateFrom(ValueLayout.JAVA_INT, index), perCpu, index)) {
            throw new IndexOutOfBoundsException(from.name() + " has no element " + index);
        }
        return perCpu;
    }

    @Override
    public void clear(int index) {
        clear(map, index);
        if (index < beforeLength) {
            clear(before.orElseThrow(), index);
        }
    }

    private void clear(BpfMap each, int index) {
        try (Arena arena = Arena.ofConfined()) {
            each.put(
                    arena.allocateFrom(ValueLayout.JAVA_INT, index),
                    arena.allocate(bytesOfCpu * cpus, Long.BYTES),
                    index);
        }
    }
}
