package dev.udpfanout.forwarder.netflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Records go past endpoints that lack templates, as long as there is one that does not. */
class DebtsTest {
    @Test
    void shouldNameTheNextThatLacksNothing() {
        Debts debts = new Debts(3);
        assertFalse(debts.any());
        debts.set(2, true);
        debts.set(2, true);
        assertEquals(1, debts.instead(1));
        assertEquals(0, debts.instead(2));
        debts.set(0, true);
        assertEquals(1, debts.instead(2));
        debts.set(1, true);
        assertEquals(2, debts.instead(2));
        debts.set(0, false);
        debts.set(1, false);
        assertTrue(debts.any());
        debts.set(2, false);
        assertFalse(debts.any());
        assertEquals(2, debts.instead(2));
    }
}
