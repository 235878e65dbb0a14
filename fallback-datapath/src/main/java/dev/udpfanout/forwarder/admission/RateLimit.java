package dev.udpfanout.forwarder.admission;

/**
 * How many datagrams a forwarder lets through, all workers together.
 *
 * @param packetsPerSecond in the long run, 1 to {@value #MAX}
 * @param burst datagrams at once, after there were none for long enough, 1 to {@value #MAX}
 */
public record RateLimit(int packetsPerSecond, int burst) {
    /** What each of the two may be at the most. */
    public static final int MAX = 100_000_000;

    public RateLimit {
        requireRange("packetsPerSecond", packetsPerSecond);
        requireRange("burst", burst);
    }

    private static void requireRange(String name, int value) {
        if (value < 1 || value > MAX) {
            throw new IllegalArgumentException(name + ": " + value + " is not in 1 to " + MAX);
        }
    }
}
