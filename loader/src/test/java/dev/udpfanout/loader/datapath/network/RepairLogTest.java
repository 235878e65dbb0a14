package dev.udpfanout.loader.datapath.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class RepairLogTest {
    private static final String LABEL = Repair.PROGRAM_REATTACHED.label();

    private final RepairLog repairs = new RepairLog();

    @Test
    void shouldCountTheTimeSinceAllWasSeenAsItShouldBe() {
        long beforeNanos = System.nanoTime();
        repairs.seenIntact();
        repairs.repaired(Repair.PROGRAM_REATTACHED, "eth0");
        Duration first = repairs.outages().get(LABEL);
        assertTrue(first.toNanos() > 0 && first.toNanos() <= System.nanoTime() - beforeNanos, first::toString);
        repairs.repaired(Repair.PROGRAM_REATTACHED, "eth0");
        assertTrue(repairs.outages().get(LABEL).toNanos() >= 2 * first.toNanos(), "all times together");
        assertEquals(2, repairs.byLabel().get(LABEL));
    }

    @Test
    void shouldKnowNoTimeBeforeAllWasAsItShouldBe() {
        repairs.repaired(Repair.PROGRAM_REATTACHED, "eth0");
        assertEquals(Duration.ZERO, repairs.outages().get(LABEL));
    }
}
