package dev.udpfanout.bindings.map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.libbpf.BpfMap;
import dev.udpfanout.bindings.libbpf.MapType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kernel")
class ArrayMapKernelTest {
    private static final int LENGTH = 8;
    private static final int LOOPBACK = 1;

    @Test
    void shouldReadAllElementsWhenSomeWereWritten() {
        try (BpfMap map = BpfMap.create(MapType.ARRAY, "uf_test", Integer.BYTES, Long.BYTES, LENGTH)) {
            ArrayMap<Long> array = new ArrayMap<>(map, Codec.U64);
            assertEquals(Collections.nCopies(LENGTH, 0L), array.all());
            array.put(3, 1L << 40);
            assertEquals(1L << 40, array.get(3));
            array.putAll(List.of(10L, 20L));
            assertEquals(List.of(10L, 20L, 0L, 1L << 40, 0L, 0L, 0L, 0L), array.all());
            array.clear(3);
            assertEquals(0L, array.get(3));
            assertEquals(LENGTH, array.length());
        }
    }

    @Test
    void shouldNameTheMapAndTheIndexWhenThereIsNoSuchElement() {
        try (BpfMap map = BpfMap.create(MapType.ARRAY, "uf_test", Integer.BYTES, Long.BYTES, LENGTH)) {
            ArrayMap<Long> array = new ArrayMap<>(map, Codec.U64);
            String read = assertThrows(IndexOutOfBoundsException.class, () -> array.get(LENGTH))
                    .getMessage();
            assertTrue(read.contains("uf_test") && read.contains("8"), read);
            String written = assertThrows(SystemCallException.class, () -> array.put(4711, 1L))
                    .getMessage();
            assertTrue(written.contains("uf_test 4711"), written);
            String many = assertThrows(
                            SystemCallException.class, () -> array.putAll(Collections.nCopies(LENGTH + 1, 1L)))
                    .getMessage();
            assertTrue(many.contains("uf_test 8"), many);
        }
    }

    /** A map of devices has its elements by number, too, and no batches. */
    @Test
    void shouldGoOneByOneWhereTheKernelHasNoBatches() {
        try (BpfMap map = BpfMap.create(MapType.DEVMAP_HASH, "uf_test", Integer.BYTES, Integer.BYTES, LENGTH)) {
            ArrayMap<Integer> array = new ArrayMap<>(map, Codec.U32);
            array.putAll(Collections.nCopies(LENGTH, LOOPBACK));
            assertEquals(Collections.nCopies(LENGTH, LOOPBACK), array.all());
        }
    }

    @Test
    void shouldAddUpWhatEachCpuHasUntilItIsCleared() {
        int cpus = BpfMap.possibleCpus();
        try (BpfMap map = BpfMap.create(MapType.PERCPU_ARRAY, "uf_test", Integer.BYTES, Long.BYTES, LENGTH);
                Arena arena = Arena.ofConfined()) {
            MemorySegment perCpu = arena.allocate(ValueLayout.JAVA_LONG, cpus);
            for (int cpu = 0; cpu < cpus; cpu++) {
                perCpu.setAtIndex(ValueLayout.JAVA_LONG, cpu, 100 + cpu);
            }
            map.put(arena.allocateFrom(ValueLayout.JAVA_INT, 2), perCpu, 2);
            PerCpuArrayMap<Long> array = new PerCpuArrayMap<>(
                    map, Optional.empty(), ValueLayout.JAVA_LONG, (each, count) -> LongStream.range(0, count)
                            .map(cpu -> each.getAtIndex(ValueLayout.JAVA_LONG, cpu))
                            .sum());
            assertEquals(100L * cpus + cpus * (cpus - 1) / 2, array.get(2));
            assertEquals(0L, array.get(1));
            assertEquals(LongStream.range(100, 100 + cpus).boxed().toList(), array.ofEachCpu(2), "one after the other");
            array.clear(2);
            assertEquals(0L, array.get(2));
            assertThrows(IndexOutOfBoundsException.class, () -> array.get(LENGTH));
        }
    }

    /** Each CPU's value takes 8 bytes or a multiple. */
    @Test
    void shouldClearElementsThatAreShorterThanTheirPlace() {
        try (BpfMap map = BpfMap.create(MapType.PERCPU_ARRAY, "uf_test", Integer.BYTES, Integer.BYTES, 1)) {
            PerCpuArrayMap<Integer> array = new PerCpuArrayMap<>(
                    map, Optional.empty(), ValueLayout.JAVA_INT, (perCpu, cpus) -> (int) perCpu.byteSize() / cpus);
            array.clear(0);
            assertEquals(Long.BYTES, array.get(0));
        }
    }

    @Test
    void shouldFillAnInnerArrayAndPinNothingByItself() {
        try (InnerMap inner = InnerMap.array("uf_test", Integer.BYTES, 3);
                Arena arena = Arena.ofConfined()) {
            inner.fill(arena.allocateFrom(ValueLayout.JAVA_INT, 7, 8, 9), 3);
            assertEquals(3, inner.maxEntries());
            assertTrue(inner.id() > 0);
            assertThrows(
                    SystemCallException.class,
                    () -> inner.fill(arena.allocateFrom(ValueLayout.JAVA_INT, 1, 2, 3, 4), 4));
        }
    }
}
