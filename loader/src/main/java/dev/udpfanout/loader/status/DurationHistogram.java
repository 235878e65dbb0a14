package dev.udpfanout.loader.status;

import java.util.List;

/**
 * Durations that something else has counted in buckets, the kernel for example. Not cumulative: each bucket counts its
 * own.
 *
 * @param upperBoundsNanos ascending; what is longer than the last counts in one more bucket
 * @param counts one more than there are bounds
 * @param sumNanos of all durations
 */
public record DurationHistogram(List<Long> upperBoundsNanos, List<Long> counts, long sumNanos) {
    /** @throws IllegalArgumentException if bounds and counts do not fit together */
    public DurationHistogram {
        upperBoundsNanos = List.copyOf(upperBoundsNanos);
        counts = List.copyOf(counts);
        if (counts.size() != upperBoundsNanos.size() + 1) {
            throw new IllegalArgumentException(
                    counts.size() + " counts do not fit " + upperBoundsNanos.size() + " bounds");
        }
    }
}
