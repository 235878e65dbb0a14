package dev.udpfanout.loader.kubernetes.publish;

import dev.udpfanout.loader.kubernetes.watch.WatchTiming;
import java.time.Duration;

/**
 * How patient a publisher is.
 *
 * @param leastBackOff after a first failure
 * @param mostBackOff after many
 * @param refresh after about which the slice is applied again while it is watched, which tells when someone else has
 *     changed it
 * @param unwatchedRefresh the same while it is not watched
 * @param watch for the Service
 * @param slices for the slices of the Service: with one of each node, a new list of them is costly, so that it is rare
 */
public record PublisherTiming(
        Duration leastBackOff,
        Duration mostBackOff,
        Duration refresh,
        Duration unwatchedRefresh,
        WatchTiming watch,
        WatchTiming slices) {
    /** As a daemon needs it: 5,000 nodes patch some three times a second. */
    public static final PublisherTiming DEFAULT = new PublisherTiming(
            Duration.ofMillis(200),
            Duration.ofSeconds(5),
            Duration.ofMinutes(30),
            Duration.ofMinutes(2),
            WatchTiming.DEFAULT,
            WatchTiming.DEFAULT.renewedAfter(Duration.ofMinutes(30)));
}
