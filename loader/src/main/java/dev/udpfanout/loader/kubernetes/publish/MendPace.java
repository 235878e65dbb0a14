package dev.udpfanout.loader.kubernetes.publish;

import dev.udpfanout.loader.kubernetes.watch.BackOff;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How soon a slice that somebody else has changed may be applied again: at once, but ever more slowly where somebody
 * keeps on changing it. Times are by {@link System#nanoTime()}.
 */
final class MendPace {
    /** What was just applied takes as long, at the most, to be seen in the watch of a server that is well. */
    static final Duration SETTLE = Duration.ofMillis(300);

    private static final Duration MOST = Duration.ofSeconds(30);

    private final BackOff backOff;
    private long appliedNanos;
    private long mendedNanos;
    private long waitNanos;

    /** @param nowNanos from when on nothing has been applied or mended */
    MendPace(long nowNanos, RandomGenerator random) {
        this.backOff = new BackOff(SETTLE, MOST, random);
        this.appliedNanos = nowNanos;
        this.mendedNanos = nowNanos;
    }

    void applied(long nowNanos) {
        appliedNanos = nowNanos;
    }

    void mended(long nowNanos) {
        if (nowNanos - mendedNanos > MOST.toNanos()) {
            backOff.reset();
        }
        mendedNanos = nowNanos;
        waitNanos = backOff.afterFailure().toNanos();
    }

    /** When it may be mended at the earliest; may be past. */
    long earliestNanos() {
        long settled = appliedNanos + SETTLE.toNanos();
        long waited = mendedNanos + waitNanos;
        return settled - waited > 0 ? settled : waited;
    }
}
