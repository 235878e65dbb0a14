package dev.udpfanout.forwarder.worker.socket;

import dev.udpfanout.forwarder.counter.DropReason;
import dev.udpfanout.forwarder.worker.DatagramBatch;
import dev.udpfanout.forwarder.worker.ReceiveMemory;
import dev.udpfanout.forwarder.worker.WorkerSetup;
import dev.udpfanout.forwarder.worker.WorkerStats;
import dev.udpfanout.forwarder.worker.receive.ReceivedAddresses;
import java.lang.foreign.Arena;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * Sends a batch to every target, with one sendmmsg(2) each, whatever the transport: on a ring a payload would have to
 * wait for as many completions. A copy that the kernel does not take does not keep the others from going. The event
 * loop's.
 */
public final class CopySender {
    private final WorkerSetup setup;
    private final ReceiveMemory receive;
    private final HopLimits hopLimits;
    private final WorkerStats stats;
    private final Arena arena;
    private final IntConsumer onSent;
    private CopyGuard guard;
    private BatchSender sender;

    /**
     * @param layout where a received datagram has its sender and its TTL
     * @param onSent told the receive slot of each datagram once all its copies have been sent
     */
    public CopySender(
            WorkerSetup setup,
            ReceivedAddresses layout,
            WorkerStats stats,
            Arena arena,
            ReceiveMemory receive,
            IntConsumer onSent) {
        this.receive = receive;
        this.setup = setup;
        this.hopLimits = new HopLimits(layout);
        this.stats = stats;
        this.arena = arena;
        this.onSent = onSent;
    }

    /** Takes the memory that it needs, before the first batch. */
    void open() {
        if (sender == null) {
            setup.copied().open();
            guard = new CopyGuard(hopLimits, setup.copied(), stats, onSent);
            SyscallSender whole = new SyscallSender(
                    setup.config().batchSize(),
                    setup.config().source(),
                    Optional.of(hopLimits),
                    stats,
                    arena,
                    DropReason.COPY_FAILED,
                    DropReason.COPY_FAILED);
            // A datagram is told of when all its copies have been sent.
            sender = PieceSender.around(
                    whole, Optional.of(hopLimits), DropReason.COPY_FAILED, receive, setup, stats, arena);
        }
    }

    /**
     * Copies count as received, but for the one that the datagram itself is. There is none for the datagram's own
     * sender.
     *
     * @param share for what one target gets
     */
    void send(DatagramBatch batch, SocketTarget[] targets, Hairpin hairpin, DatagramBatch share) {
        guard.admit(batch);
        hairpin.refuseForNobody(batch);
        int withoutCopy = countCopies(batch, targets.length, hairpin);
        for (int target = 0; target < targets.length; target++) {
            sender.sendAll(withoutCopy == 0 ? batch : shareOf(target, batch, hairpin, share), targets[target]);
        }
        for (int i = 0; i < batch.count(); i++) {
            onSent.accept(batch.slot(i));
        }
    }

    /** How many copies are not made. */
    private int countCopies(DatagramBatch batch, int targets, Hairpin hairpin) {
        int copies = 0;
        long bytes = 0;
        for (int i = 0; i < batch.count(); i++) {
            int mine = targets;
            for (int target = 0; target < targets; target++) {
                mine -= hairpin.isFrom(batch, i, target) ? 1 : 0;
            }
            copies += mine;
            bytes += (mine - 1L) * batch.lengths()[i];
        }
        stats.onReceived(copies - batch.count(), bytes);
        return targets * batch.count() - copies;
    }

    private static DatagramBatch shareOf(int target, DatagramBatch batch, Hairpin hairpin, DatagramBatch share) {
        share.clear();
        for (int i = 0; i < batch.count(); i++) {
            if (!hairpin.isFrom(batch, i, target)) {
                share.add(batch, i);
            }
        }
        return share;
    }
}
