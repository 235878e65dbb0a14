package dev.udpfanout.loader.supervision;

import java.time.Duration;

/**
 * How soon a thread that fails is begun again.
 *
 * @param least after a first failure; twice as long after each further one
 * @param most after many
 * @param lasting work that went on for longer than this before it failed counts as having been well
 * @param mostFailuresInARow after which it counts as dead; it is begun again all the same
 */
record RestartPace(Duration least, Duration most, Duration lasting, int mostFailuresInARow) {
    static final RestartPace DEFAULT =
            new RestartPace(Duration.ofMillis(100), Duration.ofSeconds(10), Duration.ofSeconds(30), 10);

    private static final int MOST_DOUBLINGS = 20;

    /** @param failures in a row, at least 1 */
    Duration afterFailures(int failures) {
        Duration pause = least.multipliedBy(1L << Math.min(failures - 1, MOST_DOUBLINGS));
        return pause.compareTo(most) < 0 ? pause : most;
    }
}
