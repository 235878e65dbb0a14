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

    public static final PublisherTiming PUBLISHER =
            new PublisherTiming(Duration.ofMillis(10), Duration.ofMillis(50), Duration.ofMinutes(5), WATCH);

    private TestTiming() {}
}
