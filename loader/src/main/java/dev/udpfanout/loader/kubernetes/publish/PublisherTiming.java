package dev.udpfanout.loader.kubernetes.publish;

import dev.udpfanout.loader.kubernetes.watch.WatchTiming;
import java.time.Duration;

/**
 * How patient a publisher is.
 *
 * @param leastBackOff after a first failure
 * @param mostBackOff after many
 * @param refresh after which the slice is applied again, in case that someone else has changed or deleted it
 * @param watch for the Service
 */
public record PublisherTiming(Duration leastBackOff, Duration mostBackOff, Duration refresh, WatchTiming watch) {
    /** As a daemon needs it. */
    public static final PublisherTiming DEFAULT = new PublisherTiming(
            Duration.ofMillis(200), Duration.ofSeconds(5), Duration.ofMinutes(2), WatchTiming.DEFAULT);
}
