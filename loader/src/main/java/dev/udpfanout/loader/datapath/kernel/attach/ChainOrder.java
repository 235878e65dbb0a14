package dev.udpfanout.loader.datapath.kernel.attach;

import dev.udpfanout.bindings.libbpf.HookProgram;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.LongSupplier;

/**
 * Who runs before our program on one hook, and what we do about it. Another agent may insist on being first, too: then
 * we give in, once and for as long as it is there, since two that push each other aside harm everybody.
 */
final class ChainOrder {
    static final int MAX_MOVES = 5;

    /** First for so long, we begin to count anew. */
    static final Duration CALM = Duration.ofMinutes(10);

    /** Three comparisons without any event. */
    static final Duration SILENCE = Duration.ofSeconds(15);

    private static final Duration TRY_AGAIN = Duration.ofMinutes(1);

    private final LongSupplier clockNanos;
    private int moves;
    private long lastMoveNanos;
    private long lastTrialNanos;
    private long lastReceived;
    private long lastGrowthNanos;
    private boolean wasBusy;
    private boolean isSilent;
    private List<HookProgram> left = List.of();
    private List<HookProgram> ending = List.of();

    ChainOrder(LongSupplier clockNanos) {
        this.clockNanos = clockNanos;
        this.lastGrowthNanos = clockNanos.getAsLong();
    }

    /** Nobody is before ours. */
    void isFirst() {
        if (clockNanos.getAsLong() - lastMoveNanos > CALM.toNanos()) {
            moves = 0;
        }
        left = List.of();
        ending = List.of();
        isSilent = false;
    }

    /** Whether ours may push before others once more. */
    boolean mayMove() {
        return moves < MAX_MOVES;
    }

    void moved() {
        moves++;
        lastMoveNanos = clockNanos.getAsLong();
    }

    /**
     * These stay before ours.
     *
     * @return whether that is news
     */
    boolean leave(List<HookProgram> others) {
        boolean isNew = !others.equals(left);
        left = List.copyOf(others);
        return isNew;
    }

    /**
     * Finds out who of them keeps a listener's datagrams from our program: each is given one, now and then. To be
     * second is no fault by itself, as most programs let pass what does not concern them. That takes CAP_SYS_ADMIN;
     * without, {@link #observe} has to do.
     */
    void tryOut(byte[] sample, int ifindex, boolean isNew) {
        long now = clockNanos.getAsLong();
        if (isNew || now - lastTrialNanos > TRY_AGAIN.toNanos()) {
            lastTrialNanos = now;
            ending = left.stream()
                    .filter(each -> endsChain(each.verdictOn(sample, ifindex)))
                    .toList();
        }
    }

    private static boolean endsChain(OptionalInt verdict) {
        return verdict.isPresent() && HookOrder.endsChain(verdict.getAsInt());
    }

    /**
     * Takes note of how many datagrams our programs have been given so far. A busy listener that falls silent when
     * others go before it has lost its datagrams to them. Of one that nobody sends to nothing is known, and nothing
     * held against it.
     */
    void observe(long received) {
        long now = clockNanos.getAsLong();
        if (received != lastReceived) {
            lastReceived = received;
            lastGrowthNanos = now;
            wasBusy = true;
        } else if (left.isEmpty() && now - lastGrowthNanos > SILENCE.toNanos()) {
            wasBusy = false;
        }
        isSilent = !left.isEmpty() && wasBusy && now - lastGrowthNanos > SILENCE.toNanos();
    }

    /** Those before ours. */
    List<HookProgram> left() {
        return left;
    }

    /** Those of them that keep datagrams from ours. */
    List<HookProgram> ending() {
        return ending.isEmpty() && isSilent ? left : ending;
    }
}
