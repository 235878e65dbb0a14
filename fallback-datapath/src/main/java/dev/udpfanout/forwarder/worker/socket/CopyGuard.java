package dev.udpfanout.forwarder.worker.socket;

import dev.udpfanout.forwarder.counter.DropReason;
import dev.udpfanout.forwarder.socket.ControlMessage;
import dev.udpfanout.forwarder.socket.SourceBits;
import dev.udpfanout.forwarder.spread.ContentHash;
import dev.udpfanout.forwarder.spread.CopiedDatagrams;
import dev.udpfanout.forwarder.worker.DatagramBatch;
import dev.udpfanout.forwarder.worker.WorkerStats;
import java.lang.foreign.MemorySegment;
import java.util.function.IntConsumer;

/**
 * Takes out of a batch what is not to be copied: what has come back, and what has gone as far as its TTL allows. The
 * event loop's.
 */
final class CopyGuard {
    private final HopLimits hopLimits;
    private final CopiedDatagrams copied;
    private final WorkerStats stats;
    private final IntConsumer onRefused;

    /** @param onRefused told the receive slot of each datagram that is taken out */
    CopyGuard(HopLimits hopLimits, CopiedDatagrams copied, WorkerStats stats, IntConsumer onRefused) {
        this.hopLimits = hopLimits;
        this.copied = copied;
        this.stats = stats;
        this.onRefused = onRefused;
    }

    void admit(DatagramBatch batch) {
        long nowNs = System.nanoTime();
        int count = batch.count();
        int kept = 0;
        for (int i = 0; i < count; i++) {
            int ttl = hopLimits.received(batch, i);
            boolean isExpired = ttl != ControlMessage.NONE && ttl <= 1;
            boolean isReturned =
                    !isExpired && ttl != ControlMessage.NONE && copied.isReturnElseNote(hash(batch, i), ttl, nowNs);
            if (isExpired || isReturned) {
                stats.onDropped(isReturned ? DropReason.LOOP : DropReason.TTL_EXPIRED, batch, i, null);
                onRefused.accept(batch.slot(i));
            } else {
                batch.move(i, kept++);
            }
        }
        batch.truncate(kept);
    }

    /** Without the sender's port: each worker of a listener with the node's address has one of its own. */
    private long hash(DatagramBatch batch, int index) {
        MemorySegment memory = batch.memory();
        long source = batch.sourceAt(index);
        long hash = ContentHash.with(copied.seed(), SourceBits.high(memory, source));
        hash = ContentHash.with(hash, SourceBits.low(memory, source));
        return ContentHash.with(hash, memory, batch.payloadAt(index), batch.lengths()[index]);
    }
}
