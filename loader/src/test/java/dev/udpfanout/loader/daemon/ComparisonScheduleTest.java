package dev.udpfanout.loader.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

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
    void shouldLookSeveralTimesBetweenComparisonsAndCompareWhenSomethingIsNotAsItWas() {
        compare(Duration.ofMillis(1), true);
        assertEquals(ComparisonSchedule.LOOK, schedule.untilNext(ComparisonSchedule.REGULAR));
        assertEquals(Duration.ofMillis(3), schedule.untilNext(Duration.ofMillis(3)));
        schedule.look(() -> fail("too early"));
        pass(ComparisonSchedule.LOOK);
        schedule.look(() -> true);
        assertFalse(schedule.isDue());
        assertEquals(ComparisonSchedule.LOOK, schedule.untilNext(ComparisonSchedule.REGULAR));
        pass(ComparisonSchedule.LOOK);
        schedule.look(() -> false);
        assertTrue(schedule.isDue());
    }

    /** Under load a comparison took six seconds, and emptied maps were mended half a minute later. */
    @Test
    void shouldNotWaitLongForTheNextComparisonHoweverLongTheLastOneTook() {
        compare(Duration.ofSeconds(6), true);
        pass(ComparisonSchedule.LOOK);
        schedule.look(() -> false);
        assertEquals(ComparisonSchedule.MOST_PAUSE.minus(ComparisonSchedule.LOOK), schedule.untilDue());
    }

    @Test
    void shouldNotLookWhileComparingFails() {
        compare(Duration.ofMillis(1), false);
        pass(ComparisonSchedule.LOOK);
        schedule.look(() -> fail("it is known that something is not as it should be"));
        assertFalse(schedule.isDue());
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
