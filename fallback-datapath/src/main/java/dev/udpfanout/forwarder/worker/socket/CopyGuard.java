package dev.udpfanout.forwarder.worker.socket;

import dev.udpfanout.forwarder.counter.DropReason;
import dev.udpfanout.forwarder.socket.ControlMessage;
import dev.udpfanout.forwarder.socket.SourceBits;
import dev.udpfanout.forwarder.spread.CopiedDatagrams;
import dev.udpfanout.forwarder.worker.DatagramBatch;
import dev.udpfanout.forwarder.worker.WorkerStats;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.IntConsumer;

/**
 * Takes out of a batch what is not to be copied: what has come back, and what has gone as far as its TTL allows. The
 * event loop's.
 */
final class CopyGuard {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final long FIRST_FACTOR = 0x9e3779b97f4a7c15L;
    private static final long SECOND_FACTOR = 0xd6e8feb86659fd93L;

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
        int returned = 0;
        for (int i = 0; i < count; i++) {
            int ttl = hopLimits.received(batch, i);
            boolean isExpired = ttl != ControlMessage.NONE && ttl <= 1;
            boolean isReturned =
                    !isExpired && ttl != ControlMessage.NONE && copied.isReturnElseNote(hash(batch, i), ttl, nowNs);
            if (isExpired || isReturned) {
                returned += isReturned ? 1 : 0;
                onRefused.accept(batch.slot(i));
            } else {
                batch.move(i, kept++);
            }
        }
        batch.truncate(kept);
        stats.onDropped(DropReason.LOOP, returned);
        stats.onDropped(DropReason.TTL_EXPIRED, count - kept - returned);
    }

    /** Without the sender's port: each worker of a listener with the node's address has one of its own. */
    private long hash(DatagramBatch batch, int index) {
        MemorySegment memory = batch.memory();
        long source = batch.sourceAt(index);
        long hash = mixed(copied.seed() ^ SourceBits.high(memory, source));
        hash = mixed(hash ^ SourceBits.low(memory, source));
        int bytes = batch.lengths()[index];
        hash = mixed(hash ^ bytes);
        long at = batch.payloadAt(index);
        int i = 0;
        for (; i + Long.BYTES <= bytes; i += Long.BYTES) {
            hash = mixed(hash ^ memory.get(LONG, at + i));
        }
        for (; i < bytes; i++) {
            hash = mixed(hash ^ memory.get(BYTE, at + i));
        }
        return hash;
    }

    private static long mixed(long value) {
        long mixed = value * FIRST_FACTOR;
        mixed ^= mixed >>> Integer.SIZE;
        mixed *= SECOND_FACTOR;
        return mixed ^ mixed >>> Integer.SIZE;
    }
}
