package dev.udpfanout.loader.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.loader.status.HealthState;
import java.net.InetSocketAddress;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class HealthTableTest {
    private static final InetSocketAddress A = new InetSocketAddress("10.42.0.11", 514);
    private static final InetSocketAddress B = new InetSocketAddress("10.42.0.12", 514);

    private final HealthTable table = new HealthTable(new Thresholds(2, 3));

    @Test
    void shouldKeepStateAndCountsWhenTheTargetsChange() {
        table.retarget(Set.of(A));
        table.record(A, false, "");
        table.record(A, false, "");

        table.retarget(Set.of(A, B));

        assertEquals(HealthState.DOWN, table.record(A, false, "").orElseThrow().to());
        table.retarget(Set.of(A));
        assertEquals(Set.of(A), table.down());
    }

    @Test
    void shouldBeginAnewWhenATargetComesBack() {
        table.retarget(Set.of(A));
        table.markDown(A, "");

        table.retarget(Set.of());
        assertTrue(table.down().isEmpty());
        table.retarget(Set.of(A));

        assertEquals(HealthState.UNKNOWN, table.state(A));
    }

    @Test
    void shouldGoDownAtOnceWhenMarkedAndUpAfterRiseSuccesses() {
        table.retarget(Set.of(A));

        assertEquals(
                HealthState.DOWN,
                table.markDown(A, "link is down").orElseThrow().to());
        assertTrue(table.markDown(A, "link is down").isEmpty());
        assertTrue(table.record(A, true, "").isEmpty());
        assertEquals(HealthState.UP, table.record(A, true, "").orElseThrow().to());
    }

    @Test
    void shouldRememberWhyTheLastProbeFailed() {
        table.retarget(Set.of(A, B));
        assertTrue(table.lastError(A).isEmpty());

        table.record(A, false, "refused");
        table.failed(A, "failed to send the probe");
        table.record(A, true, "answered");

        assertEquals(
                "failed to send the probe", table.lastError(A).orElseThrow().reason());
        assertTrue(table.lastError(B).isEmpty());
        table.retarget(Set.of(B));
        assertTrue(table.lastError(A).isEmpty(), "nothing is kept of endpoints that are gone");
    }

    @Test
    void shouldNotMindEndpointsThatItDoesNotKnow() {
        assertTrue(table.record(B, false, "").isEmpty());
        assertTrue(table.markDown(B, "").isEmpty());
        assertEquals(HealthState.UNKNOWN, table.state(B));
    }

    @Test
    void shouldGiveTheSameSnapshotUntilSomethingChanges() {
        table.retarget(Set.of(A, B));
        table.markDown(A, "");
        Set<InetSocketAddress> snapshot = table.down();

        table.record(B, true, "");
        assertSame(snapshot, table.down());
        table.markDown(B, "");

        assertEquals(Set.of(A), snapshot);
        assertEquals(Set.of(A, B), table.down());
    }

    @Test
    void shouldRefuseThresholdsBelowOne() {
        assertThrows(IllegalArgumentException.class, () -> new Thresholds(0, 1));
        assertThrows(IllegalArgumentException.class, () -> new Thresholds(1, 0));
    }
}
