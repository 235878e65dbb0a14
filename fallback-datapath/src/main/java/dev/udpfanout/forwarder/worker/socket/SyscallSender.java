package dev.udpfanout.forwarder.worker.socket;

import dev.udpfanout.forwarder.config.SourceAddress;
import dev.udpfanout.forwarder.counter.DropReason;
import dev.udpfanout.forwarder.socket.LibC;
import dev.udpfanout.forwarder.socket.MessageFlag;
import dev.udpfanout.forwarder.spread.SegmentRun;
import dev.udpfanout.forwarder.worker.DatagramBatch;
import dev.udpfanout.forwarder.worker.WorkerStats;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** Sends a batch with one sendmmsg(2) for each endpoint. */
public final class SyscallSender implements BatchSender {
    private static final int MAX_ATTEMPTS = 3;

    private final WorkerStats stats;
    private final Optional<HopLimits> hopLimits;
    private final OutgoingMessages messages;
    private final MemorySegment errno;
    private final int capacity;
    private final DropReason whenFull;
    private final DropReason whenRefused;
    private final int[] firstDatagram;
    private final int[] datagrams;
    private final int[] bytes;

    public SyscallSender(int capacity, SourceAddress source, WorkerStats stats, Arena arena) {
        this(capacity, source, Optional.empty(), stats, arena, DropReason.SEND_QUEUE_FULL, DropReason.SEND_FAILED);
    }

    /**
     * @param hopLimits where datagrams leave with one less than they came with
     * @param whenFull what a datagram is counted as whose send would have to wait
     * @param whenRefused and one that the kernel refuses for any other reason
     */
    SyscallSender(
            int capacity,
            SourceAddress source,
            Optional<HopLimits> hopLimits,
            WorkerStats stats,
            Arena arena,
            DropReason whenFull,
            DropReason whenRefused) {
        this.capacity = capacity;
        this.whenFull = whenFull;
        this.whenRefused = whenRefused;
        this.stats = stats;
        this.hopLimits = hopLimits;
        this.messages =
                new OutgoingMessages(capacity, OutgoingMessages.vectorsFor(capacity, source), source, hopLimits, arena);
        this.errno = arena.allocate(LibC.ERRNO_STATE);
        this.firstDatagram = new int[capacity];
        this.datagrams = new int[capacity];
        this.bytes = new int[capacity];
    }

    @Override
    public void sendShare(DatagramBatch batch, int first, int step, SocketTarget target) {
        int count = write(batch, first, step, target);
        int done = 0;
        int attempts = 0;
        while (done < count) {
            MemorySegment headers = done == 0 ? messages.headers() : messages.headers(done, capacity - done);
            int result = LibC.sendmmsg(errno, target.fd(), headers, count - done, MessageFlag.DONT_WAIT);
            if (result > 0) {
                account(target, done, result);
                done += result;
                attempts = 0;
                continue;
            }
            switch (SendFailure.of(-result, datagrams[done] > 1)) {
                case UNREACHABLE -> {
                    stats.onUnreachable(target);
                    if (++attempts == MAX_ATTEMPTS) {
                        drop(whenRefused, batch, done++, target);
                        attempts = 0;
                    }
                }
                case SEGMENTATION -> {
                    target.disableSegmentation();
                    count = write(batch, firstDatagram[done], step, target);
                    done = 0;
                }
                case QUEUE_FULL -> drop(whenFull, batch, done++, target);
                case OTHER -> drop(whenRefused, batch, done++, target);
            }
        }
    }

    private void drop(DropReason reason, DatagramBatch batch, int message, SocketTarget target) {
        long sourceAt = batch.sourceAt(firstDatagram[message]);
        stats.onDropped(reason, batch.memory(), sourceAt, datagrams[message], bytes[message], target);
    }

    private int write(DatagramBatch batch, int first, int step, SocketTarget target) {
        int[] lengths = batch.lengths();
        int end = batch.count();
        int message = 0;
        int vector = 0;
        for (int i = first; i < end; message++) {
            int run = SegmentRun.count(lengths, i, step, end, target.maxSegmentBytes());
            if (run > 1 && hopLimits.isPresent()) {
                run = hopLimits.get().sameRun(batch, i, step, run);
            }
            vector += messages.write(message, vector, batch, i, step, run, target);
            firstDatagram[message] = i;
            datagrams[message] = run;
            // All but the last have the first one's length.
            bytes[message] = lengths[i] * (run - 1) + lengths[i + (run - 1) * step];
            i += run * step;
        }
        return message;
    }

    private void account(SocketTarget target, int from, int messages) {
        int count = 0;
        long total = 0;
        for (int i = from; i < from + messages; i++) {
            count += datagrams[i];
            total += bytes[i];
        }
        stats.onForwarded(target, count, total);
    }
}
