package dev.udpfanout.loader.health;

import java.time.Duration;

/**
 * When endpoints are probed.
 *
 * @param interval the longest time between the beginnings of two probes of one endpoint
 * @param timeout for an answer; at most the interval
 * @param jitter by which fraction of it an interval may be shorter, 0 to 1, at random each time: probes of several
 *     nodes do not stay in step
 * @param maxInFlight how many probes may be under way at once
 */
record ProbePlan(Duration interval, Duration timeout, double jitter, int maxInFlight) {
    /** Between the first probes of two new endpoints at most, so that thousands of them do not make a burst. */
    private static final long MAX_SPREAD_NANOS = 1_000_000;

    long nextDueNanos(long startedNanos, double random) {
        // Never before the time-out: at most one probe of an endpoint is under way.
        long jittered = (long) (interval.toNanos() * (1 - jitter * random));
        return startedNanos + Math.max(timeout.toNanos(), jittered);
    }

    long retryNanos(Probe probe) {
        return probe.startedNanos() + timeout.toNanos() / 2;
    }

    long deadlineNanos(Probe probe) {
        return probe.startedNanos() + timeout.toNanos();
    }

    /** Between the first probes of new endpoints: all of them begin within one interval. */
    long spreadNanos(int newTargets) {
        return Math.min(MAX_SPREAD_NANOS, interval.toNanos() / Math.max(1, newTargets));
    }
}
