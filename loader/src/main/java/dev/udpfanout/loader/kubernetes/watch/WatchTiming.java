package dev.udpfanout.loader.kubernetes.watch;

import java.time.Duration;

/**
 * How patient a watch is.
 *
 * @param check between two looks at whether the watch is still there: the client library does not say
 * @param start for which listing and starting to watch may take
 * @param renewal after which a watch is given up for a new one, as its connection may have died without a trace
 * @param leastBackOff after a first failure
 * @param mostBackOff after many; a watch that lasts as long counts as a success
 */
public record WatchTiming(
        Duration check, Duration start, Duration renewal, Duration leastBackOff, Duration mostBackOff) {
    /** As a daemon needs it. */
    public static final WatchTiming DEFAULT = new WatchTiming(
            Duration.ofMillis(250),
            Duration.ofSeconds(15),
            Duration.ofMinutes(5),
            Duration.ofMillis(250),
            Duration.ofSeconds(10));

    /** The same, but for the time after which a watch is given up for a new one. */
    public WatchTiming renewedAfter(Duration another) {
        return new WatchTiming(check, start, another, leastBackOff, mostBackOff);
    }
}
