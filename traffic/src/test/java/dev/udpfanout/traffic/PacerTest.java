package dev.udpfanout.traffic;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class PacerTest {
    private static final long MS = 1_000_000;

    @Test
    void shouldKeepTheRateOverASecondWhenAskedEveryMillisecond() {
        Pacer pacer = new Pacer(10_500, 0);
        long sent = 0;
        for (long ms = 1; ms <= 1000; ms++) {
            sent += pacer.due(ms * MS);
        }

        assertEquals(10_501, sent, 1, "one is due at once");
    }

    @Test
    void shouldNotMakeUpForAStallInOneBurst() {
        Pacer pacer = new Pacer(10_000, 0);

        assertEquals(64, pacer.due(5_000 * MS));
        assertEquals(10, pacer.due(5_001 * MS));
    }
}
