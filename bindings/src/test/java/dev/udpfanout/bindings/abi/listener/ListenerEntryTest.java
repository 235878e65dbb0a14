package dev.udpfanout.bindings.abi.listener;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class ListenerEntryTest {
    private static final ListenerEntry PLAIN = new ListenerEntry(7, Set.of(ListenerFlag.ALLOW));

    @Test
    void shouldWriteSlotFlagsAndMtuEachInItsPlace() {
        try (Arena arena = Arena.ofConfined()) {
            ListenerEntry entry = PLAIN.withMtu(1450, 1450);
            assertArrayEquals(new int[] {7, 8, 1450}, entry.write(arena).toArray(ValueLayout.JAVA_INT));
            assertEquals(entry, ListenerEntry.read(entry.write(arena)));
        }
    }

    @Test
    void shouldSendFragmentsByTheStackWhereLargerPacketsComeInThanFitTheWays() {
        assertEquals(
                Set.of(ListenerFlag.ALLOW, ListenerFlag.FRAGMENTS_BY_STACK),
                PLAIN.withMtu(1450, 1500).flags());
        assertEquals(PLAIN.flags(), PLAIN.withMtu(1500, 1500).flags());
        assertEquals(PLAIN.flags(), PLAIN.withMtu(0, 1500).flags());
        assertEquals(PLAIN.flags(), PLAIN.withMtu(1450, 0).flags());
    }
}
