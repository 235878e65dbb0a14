package dev.udpfanout.loader.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class PortTableTest {
    private static final InetSocketAddress A = new InetSocketAddress("10.42.0.11", 514);
    private static final InetSocketAddress B = new InetSocketAddress("fd00:10:42::12", 514);
    private static final Instant WHEN = Instant.parse("2026-01-02T03:04:05Z");

    private final PortTable table = new PortTable();
    /** Just before the clock goes round. */
    private long nanos = Long.MAX_VALUE - 1_000;

    @BeforeEach
    void know() {
        table.retain(Set.of(A, B));
    }

    private void pass(Duration time) {
        nanos += time.toNanos();
    }

    private List<InetSocketAddress> due() {
        return table.take(nanos, 10);
    }

    @Test
    void shouldBeClosedOnlyWhenItHasRefused() {
        table.reported(Set.of(A), nanos);
        assertEquals(Map.of(), table.closed());
        assertEquals(List.of(A), due());
        assertEquals(List.of(), due(), "asked once");

        assertTrue(table.refused(A, nanos, WHEN));
        assertEquals(Map.of(A, WHEN), table.closed());
        table.reported(Set.of(A), nanos);
        assertEquals(List.of(), due());
    }

    @Test
    void shouldAskEverMoreSeldomWhenReportsAreForged() {
        int asked = 0;
        // A report each 10 ms, for ten minutes.
        for (int i = 0; i < 60_000; i++) {
            table.reported(Set.of(A), nanos);
            for (InetSocketAddress each : due()) {
                asked++;
                table.unanswered(each, nanos);
            }
            pass(Duration.ofMillis(10));
        }
        assertEquals(Map.of(), table.closed());
        assertTrue(asked > 10 && asked < 60, () -> "asked too often, or not at all");
    }

    @Test
    void shouldBelieveAReportAgainSoonWhenThereHasBeenNoneForLong() {
        for (int i = 0; i < 12; i++) {
            table.reported(Set.of(A), nanos);
            due().forEach(each -> table.unanswered(each, nanos));
            pass(Duration.ofSeconds(2));
        }
        pass(Duration.ofMinutes(10));
        table.reported(Set.of(A), nanos);
        assertEquals(List.of(A), due());
    }

    @Test
    void shouldBeOpenAgainAfterTwoThatAreNotRefused() {
        table.refused(B, nanos, WHEN);
        for (int i = 0; i < 5; i++) {
            pass(PortTable.LAST_PAUSE);
            assertEquals(List.of(B), due());
            assertFalse(table.refused(B, nanos, Instant.MAX), "known");
        }
        pass(PortTable.LAST_PAUSE);
        assertEquals(List.of(B), due());
        assertFalse(table.unanswered(B, nanos), "it may have been lost");
        assertEquals(Map.of(B, WHEN), table.closed());
        pass(PortTable.BETWEEN);
        assertEquals(List.of(B), due());
        assertTrue(table.unanswered(B, nanos));
        assertEquals(Map.of(), table.closed());
    }

    @Test
    void shouldKnowNoneThatIsNoEndpoint() {
        table.refused(A, nanos, WHEN);
        table.retain(Set.of(B));
        assertEquals(Map.of(), table.closed());
        table.reported(Set.of(A), nanos);
        assertFalse(table.refused(A, nanos, WHEN));
        assertEquals(List.of(), due());
        assertTrue(table.nextNanos().isEmpty());
    }

    @Test
    void shouldAskNoMoreThanSoManyAtOnce() {
        table.reported(Set.of(A, B), nanos);
        assertEquals(1, table.take(nanos, 1).size());
        assertEquals(1, table.take(nanos, 1).size());
        assertEquals(0, table.take(nanos, 1).size());
    }
}
