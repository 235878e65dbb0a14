package dev.udpfanout.loader.chaos;

import java.time.Duration;
import java.util.Random;

/**
 * Something that goes wrong on a node.
 *
 * @param name in the table
 * @param mayLose how many datagrams it may cost each time: what is under way, and sent until it is mended
 * @param mendedWithin how long it may take until all arrive again and the daemon is ready, from the moment on when the
 *     event begins
 * @param restores whether the event itself gives back what it takes away, so that nobody has anything left to do about
 *     it: only what was sent until it returned may be lost
 * @param event makes it happen
 */
record Fault(String name, long mayLose, Duration mendedWithin, boolean restores, Event event) {
    /** For a fault that takes the datagrams' way away: as many as are sent while it is gone. */
    static final long UNTIL_MENDED = Long.MAX_VALUE;

    /** What happens. Returns when nobody but the daemon has anything left to do about it. */
    @FunctionalInterface
    interface Event {
        /** @param random for what differs from time to time; the same for the same seed */
        void happen(NodeLab lab, Random random) throws Exception;
    }

    /** One that must not cost a single datagram. */
    static Fault lossless(String name, int mendedWithinSeconds, Event event) {
        return new Fault(name, 0, Duration.ofSeconds(mendedWithinSeconds), false, event);
    }

    /** One that costs datagrams until it is mended. */
    static Fault lossy(String name, int mendedWithinSeconds, Event event) {
        return new Fault(name, UNTIL_MENDED, Duration.ofSeconds(mendedWithinSeconds), false, event);
    }

    /** One that costs datagrams until its own event gives back what it has taken away. */
    static Fault passing(String name, int mendedWithinSeconds, Event event) {
        return new Fault(name, UNTIL_MENDED, Duration.ofSeconds(mendedWithinSeconds), true, event);
    }
}
