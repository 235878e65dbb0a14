package dev.udpfanout.forwarder.worker;

import dev.udpfanout.forwarder.admission.AllowedSources;
import dev.udpfanout.forwarder.admission.Gate;
import dev.udpfanout.forwarder.counter.DropReason;
import dev.udpfanout.forwarder.socket.SourceBits;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.IntConsumer;

/** One worker's gate: takes out of a batch what is not to be forwarded, and counts it. The event loop's. */
public final class BatchAdmission {
    private final WorkerStats stats;
    private Gate gate = Gate.OPEN;

    BatchAdmission(WorkerStats stats) {
        this.stats = stats;
    }

    /** From the next batch on. */
    void use(Gate next) {
        gate = next;
    }

    /** @param onRefused told the receive slot of each datagram that is taken out */
    public void admit(DatagramBatch batch, IntConsumer onRefused) {
        if (gate.isOpen()) {
            return;
        }
        if (gate.allowed() != null) {
            admitSources(batch, onRefused);
        }
        if (gate.limiter() != null && batch.count() > 0) {
            admitNumber(batch, onRefused);
        }
    }

    private void admitSources(DatagramBatch batch, IntConsumer onRefused) {
        AllowedSources allowed = gate.allowed();
        MemorySegment memory = batch.memory();
        int count = batch.count();
        int kept = 0;
        for (int i = 0; i < count; i++) {
            long source = batch.sourceAt(i);
            if (allowed.contains(SourceBits.high(memory, source), SourceBits.low(memory, source))) {
                batch.move(i, kept++);
            } else {
                stats.onDropped(DropReason.NOT_ALLOWED, batch, i, null);
                onRefused.accept(batch.slot(i));
            }
        }
        batch.truncate(kept);
    }

    /** Those that came first pass. */
    private void admitNumber(DatagramBatch batch, IntConsumer onRefused) {
        int count = batch.count();
        int granted = gate.limiter().take(count);
        for (int i = granted; i < count; i++) {
            stats.onDropped(DropReason.RATE_LIMITED, batch, i, null);
            onRefused.accept(batch.slot(i));
        }
        batch.truncate(granted);
    }

    /** The same for one datagram on a transport that hands out objects. */
    public boolean admits(InetSocketAddress source, int payloadBytes) {
        if (gate.isOpen()) {
            return true;
        }
        InetAddress address = source.getAddress();
        if (gate.allowed() != null && !gate.allowed().contains(SourceBits.high(address), SourceBits.low(address))) {
            stats.onDropped(DropReason.NOT_ALLOWED, source, payloadBytes, null);
            return false;
        }
        if (gate.limiter() != null && gate.limiter().take(1) == 0) {
            stats.onDropped(DropReason.RATE_LIMITED, source, payloadBytes, null);
            return false;
        }
        return true;
    }
}
