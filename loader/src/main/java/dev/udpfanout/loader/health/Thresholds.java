package dev.udpfanout.loader.health;

/**
 * How many probes in a row it takes.
 *
 * @param rise successes that bring an endpoint that is down up again, at least 1
 * @param fall failures that take an endpoint down, at least 1
 */
public record Thresholds(int rise, int fall) {
    /** @throws IllegalArgumentException if one is below 1 */
    public Thresholds {
        if (rise < 1 || fall < 1) {
            throw new IllegalArgumentException("rise " + rise + " and fall " + fall + " must be at least 1");
        }
    }
}
