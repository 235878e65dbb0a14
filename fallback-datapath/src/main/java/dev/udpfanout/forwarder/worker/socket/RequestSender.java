package dev.udpfanout.forwarder.worker.socket;

import dev.udpfanout.forwarder.counter.DropReason;
import dev.udpfanout.forwarder.socket.IoVector;
import dev.udpfanout.forwarder.socket.LibC;
import dev.udpfanout.forwarder.socket.MessageFlag;
import dev.udpfanout.forwarder.socket.MessageHeader;
import dev.udpfanout.forwarder.worker.DatagramBatch;
import dev.udpfanout.forwarder.worker.WorkerStats;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Sends datagrams of one flow that follow one another in a batch, with one sendmmsg(2). */
final class RequestSender {
    private static final int MAX_ATTEMPTS = 3;

    private final WorkerStats stats;
    private final MessageHeaders headers;
    private final MemorySegment vectors;
    private final MemorySegment errno;

    RequestSender(int capacity, WorkerStats stats, Arena arena) {
        this.stats = stats;
        this.headers = new MessageHeaders(capacity, arena);
        this.vectors = arena.allocate((long) capacity * IoVector.BYTES, IoVector.BYTES);
        this.errno = arena.allocate(LibC.ERRNO_STATE);
        for (int i = 0; i < capacity; i++) {
            long vector = vectors.address() + (long) i * IoVector.BYTES;
            MessageHeader.write(headers.memory(), headers.at(i), 0, 0, vector, 1);
        }
    }

    void send(FlowSocket flow, DatagramBatch batch, int first, int count) {
        for (int i = 0; i < count; i++) {
            long payload = batch.memory().address() + batch.payloadAt(first + i);
            IoVector.write(vectors, (long) i * IoVector.BYTES, payload, batch.lengths()[first + i]);
        }
        int done = 0;
        int attempts = 0;
        while (done < count) {
            int result = LibC.sendmmsg(errno, flow.fd(), headers.from(done), count - done, MessageFlag.DONT_WAIT);
            if (result > 0) {
                account(flow, batch, first + done, result);
                done += result;
                attempts = 0;
            } else if (SendFailure.of(-result, false) == SendFailure.UNREACHABLE && ++attempts < MAX_ATTEMPTS) {
                stats.onUnreachable(flow.target());
            } else {
                drop(flow, SendFailure.of(-result, false), batch, first + done++);
                attempts = 0;
            }
        }
    }

    private void drop(FlowSocket flow, SendFailure failure, DatagramBatch batch, int index) {
        if (failure == SendFailure.UNREACHABLE) {
            stats.onUnreachable(flow.target());
        }
        DropReason reason = failure == SendFailure.QUEUE_FULL ? DropReason.SEND_QUEUE_FULL : DropReason.SEND_FAILED;
        stats.onDropped(reason, batch, index, flow.target());
    }

    private void account(FlowSocket flow, DatagramBatch batch, int first, int count) {
        long bytes = 0;
        for (int i = first; i < first + count; i++) {
            bytes += batch.lengths()[i];
        }
        stats.onForwarded(flow.target(), count, bytes);
    }
}
