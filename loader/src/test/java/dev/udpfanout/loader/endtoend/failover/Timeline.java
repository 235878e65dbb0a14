package dev.udpfanout.loader.endtoend.failover;

import dev.udpfanout.lab.BoundedWait;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;

/** What happened, when, and which datagram was the next to be sent then. */
final class Timeline {
    private final List<Moment> moments = new CopyOnWriteArrayList<>();
    private volatile LongSupplier nextNumber = () -> 0;

    /**
     * One thing that happened.
     *
     * @param nanos by System.nanoTime
     * @param next the first number that had not been sent
     */
    record Moment(String what, long nanos, long next) {
        /** From which number on none had left the sender: the one before next counts as sent before it is. */
        long unsentFrom() {
            return next - 1;
        }

        /** How long after an earlier one it was, in milliseconds. */
        double millisAfter(Moment earlier) {
            return (nanos - earlier.nanos) / 1e6;
        }
    }

    /** Which traffic's numbers to note from now on. */
    void follow(LongSupplier next) {
        nextNumber = next;
    }

    /** Notes that something happens now. */
    Moment note(String what) {
        Moment moment = new Moment(what, System.nanoTime(), nextNumber.getAsLong());
        moments.add(moment);
        return moment;
    }

    /** The first of a kind after a moment, if there is one. */
    Optional<Moment> firstAfter(Moment earlier, String what) {
        return moments.stream()
                .filter(moment -> moment.what().equals(what) && moment.nanos() - earlier.nanos() >= 0)
                .findFirst();
    }

    /** Waits for the first of a kind after a moment. */
    Moment awaitAfter(Moment earlier, String what, Duration limit) {
        BoundedWait.until(() -> firstAfter(earlier, what).isPresent(), limit);
        return firstAfter(earlier, what)
                .orElseThrow(() -> new AssertionError("no \"" + what + "\" within " + limit + ": " + moments));
    }

    @Override
    public String toString() {
        return moments.toString();
    }
}
