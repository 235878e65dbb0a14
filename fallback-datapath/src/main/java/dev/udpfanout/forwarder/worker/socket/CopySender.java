package dev.udpfanout.forwarder.worker.socket;

import dev.udpfanout.forwarder.config.ForwarderConfig;
import dev.udpfanout.forwarder.counter.DropReason;
import dev.udpfanout.forwarder.worker.DatagramBatch;
import dev.udpfanout.forwarder.worker.WorkerStats;
import java.lang.foreign.Arena;
import java.util.function.IntConsumer;

/**
 * Sends a batch to every target, with one sendmmsg(2) each, whatever the transport: on a ring a payload would have to
 * wait for as many completions. A copy that the kernel does not take does not keep the others from going. The event
 * loop's.
 */
public final class CopySender {
    private final ForwarderConfig config;
    private final WorkerStats stats;
    private final Arena arena;
    private final IntConsumer onSent;
    private SyscallSender sender;

    /** @param onSent told the receive slot of each datagram once all its copies have been sent */
    public CopySender(ForwarderConfig config, WorkerStats stats, Arena arena, IntConsumer onSent) {
        this.config = config;
        this.stats = stats;
        this.arena = arena;
        this.onSent = onSent;
    }

    /** Takes the memory that it needs, before the first batch. */
    void open() {
        if (sender == null) {
            sender = new SyscallSender(
                    config.batchSize(), config.source(), stats, arena, DropReason.COPY_FAILED, DropReason.COPY_FAILED);
        }
    }

    /** Copies count as received, but for the one that the datagram itself is. */
    void send(DatagramBatch batch, SocketTarget[] targets) {
        int count = batch.count();
        long bytes = 0;
        for (int i = 0; i < count; i++) {
            bytes += batch.lengths()[i];
        }
        int copies = targets.length - 1;
        stats.onReceived(copies * count, copies * bytes);
        for (SocketTarget target : targets) {
            sender.sendAll(batch, target);
        }
        for (int i = 0; i < count; i++) {
            onSent.accept(batch.slot(i));
        }
    }
}
