package dev.udpfanout.loader.kubernetes.fake;

import dev.udpfanout.loader.kubernetes.publish.PublisherTiming;
import dev.udpfanout.loader.kubernetes.watch.WatchTiming;
import java.time.Duration;

/** Impatient, so that tests are quick; nothing is asserted of how long anything takes. */
public final class TestTiming {
    public static final WatchTiming WATCH = new WatchTiming(
            Duration.ofMillis(10),
            Duration.ofSeconds(5),
            Duration.ofMinutes(5),
            Duration.ofMillis(10),
            Duration.ofMillis(50));

    public static final PublisherTiming PUBLISHER = refreshing(Duration.ofMinutes(5), Duration.ofMinutes(5));

    private TestTiming() {}

    /** An impatient publisher that applies its slice again after a while, watched and unwatched. */
    public static PublisherTiming refreshing(Duration watched, Duration unwatched) {
        return new PublisherTiming(Duration.ofMillis(10), Duration.ofMillis(50), watched, unwatched, WATCH, WATCH);
    }
}
