package dev.udpfanout.loader.kubernetes.watch;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait after a failure: twice as long each time up to a bound, and of that between a half and the whole by
 * chance, so that the nodes of a cluster do not all come back at once.
 */
public final class BackOff {
    private final Duration least;
    private final Duration most;
    private final RandomGenerator random;
    private Duration next;

    /**
     * @param least the whole of the first wait
     * @param most the bound
     */
    public BackOff(Duration least, Duration most, RandomGenerator random) {
        this.least = least;
        this.most = most;
        this.random = random;
        this.next = least;
    }

    /** The wait after one more failure. */
    public Duration afterFailure() {
        long wholeNanos = next.toNanos();
        Duration doubled = next.multipliedBy(2);
        next = doubled.compareTo(most) < 0 ? doubled : most;
        return Duration.ofNanos(wholeNanos - random.nextLong(wholeNanos / 2 + 1));
    }

    /** All is well: the next failure is a first one again. */
    public void reset() {
        next = least;
    }
}
