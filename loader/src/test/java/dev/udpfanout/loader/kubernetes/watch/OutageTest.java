package dev.udpfanout.loader.kubernetes.watch;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class OutageTest {
    private static final long MINUTE = Duration.ofMinutes(1).toNanos();

    private final Outage outage = new Outage();

    @Test
    void shouldSayAReasonOnce() {
        assertTrue(outage.isNews("refused", 0));
        assertFalse(outage.isNews("refused", 1));
        assertFalse(outage.isNews("refused", 10 * MINUTE));
    }

    @Test
    void shouldSayAReasonThatTakesThePlaceOfAnother() {
        outage.isNews("no such Service", 0);

        assertTrue(outage.isNews("forbidden", 1));
    }

    @Test
    void shouldNotRepeatReasonsThatTakeTurnsBeforeAMinuteIsOver() {
        outage.isNews("refused", 0);
        outage.isNews("timed out", 1);

        assertFalse(outage.isNews("refused", 2));
        assertFalse(outage.isNews("timed out", 3));
        assertTrue(outage.isNews("refused", MINUTE + 2), "the one that lasts must be said in the end");
    }

    @Test
    void shouldBeginAnewWhenItIsOver() {
        assertFalse(outage.end());
        outage.isNews("refused", 0);

        assertTrue(outage.end());
        assertTrue(outage.isNews("refused", 1));
    }

    @Test
    void shouldStayBoundedWhenEachReasonIsAnother() {
        for (int number = 0; number < 1000; number++) {
            assertTrue(outage.isNews("reason " + number, number));
        }
    }
}
