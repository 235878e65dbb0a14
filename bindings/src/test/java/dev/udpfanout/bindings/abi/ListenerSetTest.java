package dev.udpfanout.bindings.abi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class ListenerSetTest {
    private static int[] written(ListenerSet set) {
        try (Arena arena = Arena.ofConfined()) {
            return set.write(arena).toArray(ValueLayout.JAVA_INT);
        }
    }

    @Test
    void shouldWriteFlagsCountAndSlotsEachInItsPlace() {
        assertArrayEquals(new int[] {1, 3, 7, 8, 9, 0, 0, 0, 0, 0}, written(new ListenerSet(List.of(7, 8, 9), true)));
        assertArrayEquals(new int[10], written(new ListenerSet(List.of(), false)));
    }

    @Test
    void shouldSayNoneWhenThereAreMoreThanFit() {
        assertArrayEquals(new int[10], written(new ListenerSet(List.of(1, 2, 3, 4, 5, 6, 7, 8, 9), false)));
    }
}
