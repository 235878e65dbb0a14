package dev.udpfanout.bindings.map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.libbpf.BpfMap;
import dev.udpfanout.bindings.libbpf.MapBatch;
import dev.udpfanout.bindings.libbpf.MapType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** With a hash, for which the kernel has batches, and with a map of devices, for which it has none. */
@Tag("kernel")
class KeyedMapKernelTest {
    private static final int CAPACITY = 10_000;

    /** More than are read in one system call. */
    private static final int ENTRIES = 6000;

    /** The loopback interface: a value that a map of devices takes. */
    private static final int LOOPBACK = 1;

    enum Kind {
        BATCHES(MapType.HASH),
        ONE_BY_ONE(MapType.DEVMAP_HASH);

        private final MapType type;

        Kind(MapType type) {
            this.type = type;
        }

        BpfMap create(int capacity) {
            return BpfMap.create(type, "uf_test", Integer.BYTES, Integer.BYTES, capacity);
        }
    }

    private static KeyedMap<Integer, Integer> keyed(BpfMap map) {
        return new KeyedMap<>(map, Codec.U32, Codec.U32);
    }

    private static Map<Integer, Integer> entries(int count) {
        return IntStream.range(0, count).boxed().collect(Collectors.toMap(key -> key, key -> LOOPBACK));
    }

    @ParameterizedTest
    @EnumSource
    void shouldHaveTheKindOfPathThatTheTestIsFor(Kind kind) {
        try (BpfMap map = kind.create(CAPACITY);
                Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(64, Long.BYTES);
            boolean isUnsupported = MapBatch.lookup(map, MemorySegment.NULL, memory, memory, memory, 1)
                    .isUnsupported();
            assertEquals(kind == Kind.ONE_BY_ONE, isUnsupported);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldReadWhatWasPutUntilItIsRemoved(Kind kind) {
        try (BpfMap map = kind.create(CAPACITY)) {
            KeyedMap<Integer, Integer> keyed = keyed(map);
            assertEquals(Optional.empty(), keyed.get(7));
            keyed.put(7, LOOPBACK);
            assertEquals(Optional.of(LOOPBACK), keyed.get(7));
            assertTrue(keyed.remove(7));
            assertFalse(keyed.remove(7));
            assertEquals(Optional.empty(), keyed.get(7));
            assertEquals(Map.of(), keyed.entries());
            assertEquals(CAPACITY, keyed.capacity());
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldReadAllEntriesWhenManyWerePutAtOnce(Kind kind) {
        try (BpfMap map = kind.create(CAPACITY)) {
            KeyedMap<Integer, Integer> keyed = keyed(map);
            keyed.putAll(Map.of());
            keyed.putAll(entries(ENTRIES));
            assertEquals(entries(ENTRIES), keyed.entries());
            assertEquals(entries(ENTRIES).keySet(), keyed.keys());
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldRemoveJustTheGivenKeysWhenSomeAreNotThere(Kind kind) {
        try (BpfMap map = kind.create(CAPACITY)) {
            KeyedMap<Integer, Integer> keyed = keyed(map);
            keyed.putAll(entries(100));
            keyed.removeAll(List.of());
            List<Integer> gone = List.of(5, 70_000, 6, 7, 80_000, 80_001, 8);
            Set<Integer> told = new LinkedHashSet<>();
            keyed.removeAll(gone, told::add);
            Map<Integer, Integer> left = entries(100);
            gone.forEach(left::remove);
            assertEquals(left, keyed.entries());
            assertEquals(Set.copyOf(gone), told);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldSeeEveryEntryOnceWhenEachIsRemovedWhileTheMapIsRead(Kind kind) {
        try (BpfMap map = kind.create(CAPACITY)) {
            KeyedMap<Integer, Integer> keyed = keyed(map);
            keyed.putAll(entries(ENTRIES));
            Map<Integer, Integer> seen = new HashMap<>();
            keyed.scan((key, value) -> {
                seen.merge(Codec.U32.read(key), 1, Integer::sum);
                assertTrue(keyed.remove(Codec.U32.read(key)));
            });
            assertEquals(entries(ENTRIES).keySet(), seen.keySet());
            assertEquals(Set.of(1), Set.copyOf(seen.values()), "some were seen again");
            assertEquals(Map.of(), keyed.entries());
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldNameTheMapAndTheKeyWhenTheMapIsFull(Kind kind) {
        try (BpfMap map = kind.create(4)) {
            KeyedMap<Integer, Integer> keyed = keyed(map);
            keyed.putAll(entries(4));
            String single = assertThrows(SystemCallException.class, () -> keyed.put(4711, LOOPBACK))
                    .getMessage();
            assertTrue(single.contains("uf_test 4711"), single);
            String many = assertThrows(SystemCallException.class, () -> keyed.putAll(Map.of(4711, LOOPBACK)))
                    .getMessage();
            assertTrue(many.contains("uf_test 4711"), many);
            assertEquals(entries(4), keyed.entries());
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldTellWhichWereSetWhenOneOfManyIsRefused(Kind kind) {
        try (BpfMap map = kind.create(4)) {
            KeyedMap<Integer, Integer> keyed = keyed(map);
            Map<Integer, Integer> told = new HashMap<>();
            List<Map.Entry<Integer, Integer>> six = IntStream.range(10, 16)
                    .mapToObj(key -> Map.entry(key, LOOPBACK))
                    .toList();
            SystemCallException refused = assertThrows(SystemCallException.class, () -> keyed.putAll(six, told::put));
            assertTrue(refused.getMessage().contains("uf_test 14"), refused.getMessage());
            assertEquals("E2BIG", refused.errno().symbol());
            assertEquals(Set.of(10, 11, 12, 13), told.keySet());
            assertEquals(told, keyed.entries());
        }
    }

    @Test
    void shouldRefuseAMapWithEntriesOfAnotherSize() {
        MapDeclaration<KeyedMap<Integer, Long>> declaration = MapDeclaration.keyed("EXAMPLE", Codec.U32, Codec.U64);
        try (BpfMap map = BpfMap.create(MapType.HASH, "uf_test", Integer.BYTES, Integer.BYTES, 1)) {
            String message = assertThrows(IllegalArgumentException.class, () -> declaration.open(map))
                    .getMessage();
            assertTrue(message.contains("EXAMPLE"), message);
        }
        try (BpfMap map = BpfMap.create(MapType.HASH, "uf_test", Integer.BYTES, Long.BYTES, 1)) {
            declaration.open(map).put(1, 1L << 40);
            assertEquals(Map.of(1, 1L << 40), declaration.open(map).entries());
        }
    }
}
