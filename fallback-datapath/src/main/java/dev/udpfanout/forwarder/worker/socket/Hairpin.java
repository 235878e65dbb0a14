package dev.udpfanout.forwarder.worker.socket;

import dev.udpfanout.forwarder.config.SourceAddress;
import dev.udpfanout.forwarder.counter.DropReason;
import dev.udpfanout.forwarder.socket.SourceBits;
import dev.udpfanout.forwarder.worker.DatagramBatch;
import dev.udpfanout.forwarder.worker.WorkerStats;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * Endpoints that send to the listener themselves. A host drops what comes from its own address, so the next endpoint of
 * the table gets what its sender would get. Only where the client's address is kept: the node's own is nobody else's.
 * An endpoint of this host itself is no matter: what a host sends to itself by its loopback interface arrives. The
 * event loop's.
 */
public final class Hairpin {
    private static final int NONE = -1;

    private final boolean isPossible;
    private final WorkerStats stats;
    private final IntConsumer onRefused;
    private long[] addressHigh = {};
    private long[] addressLow = {};
    private boolean[] takesItsOwn = {};
    private int[] others = {};

    /** @param onRefused told the receive slot of each datagram that is taken out of its batch */
    public Hairpin(SourceAddress source, WorkerStats stats, IntConsumer onRefused) {
        this.isPossible = source == SourceAddress.CLIENT;
        this.stats = stats;
        this.onRefused = onRefused;
    }

    /** From the next batch on. */
    void use(SocketTarget[] targets) {
        if (!isPossible) {
            return;
        }
        int count = targets.length;
        addressHigh = new long[count];
        addressLow = new long[count];
        takesItsOwn = new boolean[count];
        for (int i = 0; i < count; i++) {
            InetAddress address = targets[i].endpoint().getAddress();
            addressHigh[i] = SourceBits.high(address);
            addressLow[i] = SourceBits.low(address);
            takesItsOwn[i] = targets[i].isOwn();
        }
        others = othersInTurn(count);
    }

    /** Of each target the next one with another address: backwards, and twice, as the next of the last is the first. */
    private int[] othersInTurn(int count) {
        int[] next = new int[count];
        Arrays.fill(next, NONE);
        for (int i = 2 * count - 1; i >= 0; i--) {
            int target = i % count;
            int following = (target + 1) % count;
            boolean isOther =
                    addressHigh[following] != addressHigh[target] || addressLow[following] != addressLow[target];
            next[target] = isOther ? following : next[following];
        }
        return next;
    }

    /** Whether a datagram comes from the host of a target. */
    boolean isFrom(DatagramBatch batch, int index, int target) {
        long source = batch.sourceAt(index);
        return isPossible
                && SourceBits.low(batch.memory(), source) == addressLow[target]
                && SourceBits.high(batch.memory(), source) == addressHigh[target]
                && !takesItsOwn[target];
    }

    /**
     * Whether any datagram of a batch would go to its own sender if each went to the next target.
     *
     * @param first the first datagram's
     */
    boolean isInTurn(DatagramBatch batch, int first) {
        if (!isPossible) {
            return false;
        }
        int target = first;
        for (int i = 0; i < batch.count(); i++) {
            if (isFrom(batch, i, target)) {
                return true;
            }
            target = target + 1 == others.length ? 0 : target + 1;
        }
        return false;
    }

    /**
     * Gives what would go to its own sender to the next target, and takes out of the batch what has no other.
     *
     * @param targetOf of each datagram; kept in step with the batch
     */
    void redirect(DatagramBatch batch, int[] targetOf) {
        if (!isPossible) {
            return;
        }
        int count = batch.count();
        int kept = 0;
        for (int i = 0; i < count; i++) {
            int target = isFrom(batch, i, targetOf[i]) ? others[targetOf[i]] : targetOf[i];
            if (target == NONE) {
                stats.onDropped(DropReason.HAIRPIN, batch, i, null);
                onRefused.accept(batch.slot(i));
            } else {
                batch.move(i, kept);
                targetOf[kept++] = target;
            }
        }
        batch.truncate(kept);
    }

    /** Takes out of a batch that is to be copied to all targets what none of them would take. */
    void refuseForNobody(DatagramBatch batch) {
        if (!isPossible || others[0] != NONE) {
            return;
        }
        int count = batch.count();
        int kept = 0;
        for (int i = 0; i < count; i++) {
            if (isFrom(batch, i, 0)) {
                stats.onDropped(DropReason.HAIRPIN, batch, i, null);
                onRefused.accept(batch.slot(i));
            } else {
                batch.move(i, kept++);
            }
        }
        batch.truncate(kept);
    }
}
