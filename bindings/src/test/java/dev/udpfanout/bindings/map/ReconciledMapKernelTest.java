package dev.udpfanout.bindings.map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.libbpf.BpfMap;
import dev.udpfanout.bindings.libbpf.MapType;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("kernel")
class ReconciledMapKernelTest {
    private static final int CAPACITY = 64;
    private static final int LOOPBACK = 1;
    private static final int NO_SUCH_DEVICE = 999_999;

    private final BpfMap map = BpfMap.create(MapType.HASH, "uf_test", Integer.BYTES, Integer.BYTES, CAPACITY);
    private final KeyedMap<Integer, Integer> keyed = new KeyedMap<>(map, Codec.U32, Codec.U32);

    @AfterEach
    void close() {
        map.close();
    }

    private static Map<Integer, Integer> entries(int from, int to) {
        return IntStream.range(from, to).boxed().collect(Collectors.toMap(key -> key, key -> 1000 + key));
    }

    /** As it was, a change that needs more room than is left could never complete. */
    @ParameterizedTest
    @CsvSource({
        "64, 64, 128",
        "64, 1, 65",
        "40, 30, 94",
        "40, 100, 140",
        "64, 32, 96",
        "0, 0, 64",
        "64, 0, 0",
        "33, 33, 66"
    })
    void shouldReplaceOldEntriesByNewOnesWhenThereIsNoRoomForBoth(int before, int from, int to) {
        ReconciledMap<Integer, Integer> reconciled = new ReconciledMap<>(keyed);
        reconciled.set(entries(0, before));
        reconciled.set(entries(from, to));
        assertEquals(entries(from, to), keyed.entries());
        assertEquals(entries(from, to), reconciled.inForce());
    }

    @Test
    void shouldChangeValuesWhenTheMapIsFull() {
        ReconciledMap<Integer, Integer> reconciled = new ReconciledMap<>(keyed);
        reconciled.set(entries(0, CAPACITY));
        Map<Integer, Integer> other = entries(0, CAPACITY);
        other.replaceAll((key, value) -> value + 1);
        reconciled.set(other);
        assertEquals(other, keyed.entries());
    }

    @Test
    void shouldStayAsItIsWhenMoreIsWantedThanItHolds() {
        ReconciledMap<Integer, Integer> reconciled = new ReconciledMap<>(keyed);
        reconciled.set(entries(0, 3));
        String message = assertThrows(
                        IllegalArgumentException.class, () -> reconciled.set(entries(100, 101 + CAPACITY)))
                .getMessage();
        assertTrue(message.contains("uf_test") && message.contains("64") && message.contains("65"), message);
        assertEquals(entries(0, 3), keyed.entries());
    }

    @Test
    void shouldBeginWithWhatIsThereAndNotTouchWhatStays() {
        keyed.putAll(entries(0, 10));
        ReconciledMap<Integer, Integer> reconciled = new ReconciledMap<>(keyed);
        assertEquals(entries(0, 10), reconciled.inForce());
        // Whoever wrote 5 anew would undo this.
        keyed.put(5, 77);
        reconciled.set(entries(5, 20));
        assertEquals(77, keyed.get(5).orElseThrow());
        reconciled.removeIf(key -> key < 10);
        assertEquals(entries(10, 20), keyed.entries());
        reconciled.put(10, 3);
        assertEquals(3, keyed.get(10).orElseThrow());
    }

    @Test
    void shouldHaveTheOldEntriesYetAndKnowWhatIsThereWhenANewOneIsRefused() {
        try (BpfMap devices =
                BpfMap.create(MapType.DEVMAP_HASH, "uf_test_dev", Integer.BYTES, Integer.BYTES, CAPACITY)) {
            KeyedMap<Integer, Integer> inKernel = new KeyedMap<>(devices, Codec.U32, Codec.U32);
            ReconciledMap<Integer, Integer> reconciled = new ReconciledMap<>(inKernel);
            reconciled.set(Map.of(1, LOOPBACK, 2, LOOPBACK));
            String message = assertThrows(
                            SystemCallException.class,
                            () -> reconciled.set(Map.of(2, LOOPBACK, 3, NO_SUCH_DEVICE, 4, NO_SUCH_DEVICE)))
                    .getMessage();
            assertTrue(message.contains("uf_test_dev 3") || message.contains("uf_test_dev 4"), message);
            assertEquals(Map.of(1, LOOPBACK, 2, LOOPBACK), inKernel.entries());
            assertEquals(inKernel.entries(), reconciled.inForce());
            reconciled.set(Map.of(3, LOOPBACK));
            assertEquals(Map.of(3, LOOPBACK), inKernel.entries());
        }
    }

    /** A daemon at rest looks at its maps twice a second: what it has seen as it should be is not decoded again. */
    @Test
    void shouldCompareBytesAndNotDecodeWhatIsAsItWas() {
        AtomicInteger decoded = new AtomicInteger();
        Codec<Integer> counted = new Codec<>(Codec.U32.layout(), Codec.U32.writer(), from -> {
            decoded.incrementAndGet();
            return Codec.U32.reader().apply(from);
        });
        ReconciledMap<Integer, Integer> reconciled = new ReconciledMap<>(new KeyedMap<>(map, Codec.U32, counted));
        reconciled.set(entries(0, CAPACITY));
        assertTrue(reconciled.isIntact());
        int before = decoded.get();
        for (int look = 0; look < 10; look++) {
            assertTrue(reconciled.isIntact());
            assertEquals(0, reconciled.reread());
        }
        assertEquals(before, decoded.get());
    }

    @Test
    void shouldSeeWhatOthersHaveWrittenAfterItHasSeenTheMapAsItShouldBe() {
        ReconciledMap<Integer, Integer> reconciled = new ReconciledMap<>(keyed);
        reconciled.set(entries(0, 40));
        assertTrue(reconciled.isIntact());
        keyed.put(7, 8);
        assertFalse(reconciled.isIntact());
        keyed.put(7, 1007);
        assertTrue(reconciled.isIntact());
        keyed.remove(39);
        assertFalse(reconciled.isIntact());
        assertEquals(1, reconciled.reread());
        assertTrue(reconciled.isIntact(), "what was found is in force");
        reconciled.set(entries(0, 40));
        assertTrue(reconciled.isIntact());
        keyed.put(50, 1);
        assertFalse(reconciled.isIntact());
        assertEquals(1, reconciled.reread());
        reconciled.removeAll(List.of(50));
        assertTrue(reconciled.isIntact());
        assertEquals(entries(0, 40), keyed.entries());
    }
}
