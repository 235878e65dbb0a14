package dev.udpfanout.bindings.abi.listener;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class ListenerSetTest {
    private static int[] written(ListenerSet set) {
        try (Arena arena = Arena.ofConfined()) {
            return set.write(arena).toArray(ValueLayout.JAVA_INT);
        }
    }

    private static ListenerSet of(boolean exclusive, int... slots) {
        return new ListenerSet(
                IntStream.of(slots)
                        .mapToObj(slot -> new ListenerEntry(
                                slot, slot == 8 ? Set.of(ListenerFlag.ALLOW) : Set.<ListenerFlag>of()))
                        .toList(),
                exclusive);
    }

    @Test
    void shouldWriteFlagsCountAndSlotsEachInItsPlace() {
        assertArrayEquals(new int[] {1, 3, 7, 8, 9, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0}, written(of(true, 7, 8, 9)));
        assertArrayEquals(new int[18], written(of(false)));
    }

    @Test
    void shouldReadBackWhatWasWritten() {
        try (Arena arena = Arena.ofConfined()) {
            assertEquals(of(true, 7, 8, 9), ListenerSet.read(of(true, 7, 8, 9).write(arena)));
        }
    }

    /** Else each comparison would take what it reads for somebody else's, and write it again. */
    @Test
    void shouldReadBackAsItIsWhenThereAreMoreThanFit() {
        try (Arena arena = Arena.ofConfined()) {
            ListenerSet set = of(true, 1, 2, 3, 4, 5, 6, 7, 8, 9);
            assertEquals(set, ListenerSet.read(set.write(arena)));
        }
    }

    @Test
    void shouldSayNoneWhenThereAreMoreThanFit() {
        assertArrayEquals(new int[18], written(of(false, 1, 2, 3, 4, 5, 6, 7, 8, 9)));
    }
}
