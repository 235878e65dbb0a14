package dev.udpfanout.forwarder.counter;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The last datagrams that forwarders have dropped, one by one, while somebody watches. If nobody does, a drop costs the
 * read of one field. Any number of forwarders may share it; what they drop in a second beyond {@value #MAX_A_SECOND} is
 * only counted. Safe for use by several threads; no lock, and no allocation by who adds.
 */
public final class DropSamples {
    /** How many are kept of a second's, of all forwarders together. */
    public static final int MAX_A_SECOND = 1000;

    /** About two seconds' worth: who reads once a second misses none. */
    private static final int SLOTS = 2048;

    /** How many of a second are kept, in the lower bits of {@link #window}. */
    private static final int COUNT_BITS = 16;

    private static final int MAX_ATTEMPTS = 8;
    private static final long SECOND_NS = 1_000_000_000;
    private static final VarHandle WATCHED_UNTIL;

    static {
        try {
            WATCHED_UNTIL = MethodHandles.lookup().findVarHandle(DropSamples.class, "watchedUntilNs", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** By System.nanoTime(); 0: nobody watches. */
    @SuppressWarnings("unused") // by WATCHED_UNTIL
    private long watchedUntilNs;

    /** There from the first watch on. */
    private SampleSlot[] slots = {};

    private final AtomicLong next = new AtomicLong();
    private final AtomicLong seen = new AtomicLong();
    private final AtomicLong window = new AtomicLong();

    /**
     * What has been kept from a number on.
     *
     * @param samples the oldest first
     * @param next the number to read from the next time
     * @param seen datagrams dropped since the first watch, while somebody watched; those that were not kept included
     */
    public record Page(List<DropSample> samples, long next, long seen) {}

    /** Has drops kept for so long from now on; again before the time is over, for as long as somebody watches. */
    public synchronized void watch(Duration time) {
        if (slots.length == 0) {
            slots = SampleSlot.create(SLOTS);
        }
        long until = System.nanoTime() + time.toNanos();
        WATCHED_UNTIL.setRelease(this, until == 0 ? 1 : until);
    }

    /** Whether anything is to be added; may be true a moment after the last watch has ended. */
    public boolean isWatched() {
        return (long) WATCHED_UNTIL.getOpaque(this) != 0;
    }

    /**
     * Adds a drop, if somebody watches and this second has room.
     *
     * @param drop as {@link DropSample} says; read before this returns
     */
    public void add(DropDescription drop) {
        long until = (long) WATCHED_UNTIL.getAcquire(this);
        long nowNs = System.nanoTime();
        if (until == 0 || nowNs - until > 0) {
            WATCHED_UNTIL.compareAndSet(this, until, 0L);
            return;
        }
        seen.addAndGet(drop.datagrams());
        if (hasRoom(nowNs)) {
            long number = next.getAndIncrement();
            slots[(int) (number % SLOTS)].write(number, drop);
        }
    }

    /** Takes a place in this second. Who loses the race for one as often as is tried has none. */
    private boolean hasRoom(long nowNs) {
        long second = Math.floorDiv(nowNs, SECOND_NS) << COUNT_BITS;
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            long current = window.get();
            boolean isSame = current >> COUNT_BITS == second >> COUNT_BITS;
            if (isSame && current - second >= MAX_A_SECOND) {
                return false;
            }
            if (window.compareAndSet(current, (isSame ? current : second) + 1)) {
                return true;
            }
        }
        return false;
    }

    /**
     * What has been kept since.
     *
     * @param from a number from {@link Page#next()}; what is no more is left out. A number that was never given reads
     *     from what comes next
     */
    public synchronized Page read(long from) {
        long end = next.get();
        long number = from < 0 || from > end ? end : Math.max(from, end - SLOTS);
        List<DropSample> samples = new ArrayList<>();
        for (; number < end; number++) {
            SampleSlot slot = slots[(int) (number % SLOTS)];
            // Who is about to write it is waited for, but not for long.
            if (slot.isBefore(number) && end - number < SLOTS / 2) {
                break;
            }
            slot.read(number).ifPresent(samples::add);
        }
        return new Page(List.copyOf(samples), number, seen.get());
    }
}
