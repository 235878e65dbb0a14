package dev.udpfanout.loader.daemon;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * When the kernel is to be compared with what it should be: soon after a change, now and then without one, and, in a
 * storm of changes, so seldom that comparing takes no more than a part of the time.
 */
final class ComparisonSchedule {
    /** Even if no event comes, or one gets lost. */
    static final Duration REGULAR = Duration.ofSeconds(5);

    /** Between two looks at what the kernel tells nobody of. */
    static final Duration LOOK = Duration.ofMillis(500);

    static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
    static final Duration LEAST_PAUSE = Duration.ofMillis(10);

    /** How many times as long as the last comparison took the pause after it is. */
    static final int PAUSE_FACTOR = 5;

    /** On a busy machine a comparison waits, too: what is broken must not wait five times as long. */
    static final Duration MOST_PAUSE = Duration.ofSeconds(1);

    private final LongSupplier clockNanos;
    private long dueNanos;
    private long notBeforeNanos;
    private long lookNanos;

    ComparisonSchedule(LongSupplier clockNanos) {
        this.clockNanos = clockNanos;
        this.notBeforeNanos = clockNanos.getAsLong();
        this.dueNanos = notBeforeNanos + REGULAR.toNanos();
        this.lookNanos = notBeforeNanos + LOOK.toNanos();
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

    /** How long nothing is to be done, neither a comparison nor a look. */
    Duration untilNext(Duration atMost) {
        Duration untilLook = Duration.ofNanos(Math.max(0, lookNanos - clockNanos.getAsLong()));
        return Stream.of(untilLook, untilDue(), atMost).min(Duration::compareTo).orElseThrow();
    }

    /**
     * Has a look, if it is time, whether a comparison is wanted earlier than it is due. Comparing looks at everything
     * too; while it fails, that decides when to try again.
     */
    void look(BooleanSupplier isIntact) {
        long now = clockNanos.getAsLong();
        if (now - lookNanos >= 0) {
            lookNanos = now + LOOK.toNanos();
            if (!isIntact.getAsBoolean()) {
                wanted();
            }
        }
    }

    boolean isDue() {
        return untilDue().isZero();
    }

    /** A comparison has been made. */
    void done(long beganNanos, boolean isRight) {
        long now = clockNanos.getAsLong();
        notBeforeNanos =
                now + Math.clamp((now - beganNanos) * PAUSE_FACTOR, LEAST_PAUSE.toNanos(), MOST_PAUSE.toNanos());
        dueNanos = now + (isRight ? REGULAR : AFTER_FAILURE).toNanos();
        lookNanos = isRight ? now + LOOK.toNanos() : dueNanos;
    }
}
