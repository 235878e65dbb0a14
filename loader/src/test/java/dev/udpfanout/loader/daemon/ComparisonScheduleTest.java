package dev.udpfanout.loader.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class ComparisonScheduleTest {
    private long nowNanos = Long.MAX_VALUE - 1_000;
    private final ComparisonSchedule schedule = new ComparisonSchedule(() -> nowNanos);

    private void pass(Duration time) {
        nowNanos += time.toNanos();
    }

    private void compare(Duration took, boolean isRight) {
        long began = nowNanos;
        pass(took);
        schedule.done(began, isRight);
    }

    @Test
    void shouldBeDueNowAndThenWhenNothingHappens() {
        assertFalse(schedule.isDue());
        pass(ComparisonSchedule.REGULAR);
        assertTrue(schedule.isDue());
        compare(Duration.ofMillis(1), true);
        assertEquals(ComparisonSchedule.REGULAR, schedule.untilDue());
    }

    @Test
    void shouldBeDueAtOnceWhenSomethingChangedAfterAQuietTime() {
        schedule.wanted();
        assertTrue(schedule.isDue());
    }

    @Test
    void shouldLeaveAPauseWhenChangesKeepComing() {
        compare(Duration.ofMillis(1), true);
        schedule.wanted();
        assertEquals(ComparisonSchedule.LEAST_PAUSE, schedule.untilDue());
        pass(ComparisonSchedule.LEAST_PAUSE);
        compare(Duration.ofMillis(40), true);
        schedule.wanted();
        assertEquals(Duration.ofMillis(200), schedule.untilDue());
    }

    @Test
    void shouldTryAgainSoonWhenItFailed() {
        compare(Duration.ofMillis(1), false);
        assertEquals(ComparisonSchedule.AFTER_FAILURE, schedule.untilDue());
        compare(Duration.ofMillis(1), true);
        schedule.failed();
        assertEquals(ComparisonSchedule.AFTER_FAILURE, schedule.untilDue());
    }
}
