package dev.udpfanout.loader.daemon;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * When the kernel is to be compared with what it should be: soon after a change, now and then without one, and, in a
 * storm of changes, so seldom that comparing takes no more than a part of the time.
 */
final class ComparisonSchedule {
    /** Even if no event comes, or one gets lost. */
    static final Duration REGULAR = Duration.ofSeconds(5);

    static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
    static final Duration LEAST_PAUSE = Duration.ofMillis(10);

    /** How many times as long as the last comparison took the pause after it is. */
    static final int PAUSE_FACTOR = 5;

    private final LongSupplier clockNanos;
    private long dueNanos;
    private long notBeforeNanos;

    ComparisonSchedule(LongSupplier clockNanos) {
        this.clockNanos = clockNanos;
        this.notBeforeNanos = clockNanos.getAsLong();
        this.dueNanos = notBeforeNanos + REGULAR.toNanos();
    }

    /** Something may have changed. */
    void wanted() {
        dueAt(clockNanos.getAsLong());
    }

    /** Something went wrong outside of a comparison, which may mend it. */
    void failed() {
        dueAt(clockNanos.getAsLong() + AFTER_FAILURE.toNanos());
    }

    private void dueAt(long nanos) {
        if (nanos - dueNanos < 0) {
            dueNanos = nanos;
        }
    }

    /** How long there is to wait, zero if the time has come. */
    Duration untilDue() {
        long at = dueNanos - notBeforeNanos > 0 ? dueNanos : notBeforeNanos;
        return Duration.ofNanos(Math.max(0, at - clockNanos.getAsLong()));
    }

    boolean isDue() {
        return untilDue().isZero();
    }

    /** A comparison has been made. */
    void done(long beganNanos, boolean isRight) {
        long now = clockNanos.getAsLong();
        notBeforeNanos = now + Math.max(LEAST_PAUSE.toNanos(), (now - beganNanos) * PAUSE_FACTOR);
        dueNanos = now + (isRight ? REGULAR : AFTER_FAILURE).toNanos();
    }
}
