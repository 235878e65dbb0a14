package dev.udpfanout.forwarder.worker.iouring;

import dev.udpfanout.forwarder.config.SourceAddress;
import dev.udpfanout.forwarder.counter.DropReason;
import dev.udpfanout.forwarder.spread.SegmentRun;
import dev.udpfanout.forwarder.worker.DatagramBatch;
import dev.udpfanout.forwarder.worker.ReceiveMemory;
import dev.udpfanout.forwarder.worker.WorkerStats;
import dev.udpfanout.forwarder.worker.socket.BatchSender;
import dev.udpfanout.forwarder.worker.socket.OutgoingMessages;
import dev.udpfanout.forwarder.worker.socket.SendFailure;
import dev.udpfanout.forwarder.worker.socket.SocketTarget;
import io.netty.channel.IoRegistration;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.IntConsumer;

/**
 * Queues a batch's messages on the ring and settles them as they complete. A message has the slot of its first
 * datagram's receive buffer: so a slot is free whenever the buffer is.
 */
final class RingSender implements BatchSender {
    private static final int MAX_ATTEMPTS = 3;
    private static final int NONE = -1;

    private final IoRegistration ring;
    private final IntConsumer onSent;
    private final WorkerStats stats;
    private final OutgoingMessages messages;
    private final RingOps ops;
    private final DatagramBatch oneByOne;
    private final MemorySegment memory;
    private final int vectorsPerSlot;

    private final SocketTarget[] target;
    private final int[] datagrams;
    private final int[] bytes;
    private final int[] attempts;
    private final int[] nextSlot;
    private final int[] payloadBytes;
    private final long[] payloadAt;
    private final long[] sourceAt;

    /** @param onSent told the receive slot of each datagram that is done with */
    RingSender(
            IoRegistration ring,
            ReceiveMemory receive,
            IntConsumer onSent,
            SourceAddress source,
            WorkerStats stats,
            Arena arena) {
        int slots = receive.slots();
        this.ring = ring;
        this.onSent = onSent;
        this.stats = stats;
        this.memory = receive.memory();
        this.vectorsPerSlot = source == SourceAddress.CLIENT ? 2 : SegmentRun.MAX_DATAGRAMS;
        this.messages = new OutgoingMessages(slots, slots * vectorsPerSlot, source, arena);
        this.ops = new RingOps(messages, slots);
        this.oneByOne = new DatagramBatch(receive, SegmentRun.MAX_DATAGRAMS);
        this.target = new SocketTarget[slots];
        this.datagrams = new int[slots];
        this.bytes = new int[slots];
        this.attempts = new int[slots];
        this.nextSlot = new int[slots];
        this.payloadBytes = new int[slots];
        this.payloadAt = new long[slots];
        this.sourceAt = new long[slots];
    }

    @Override
    public void sendShare(DatagramBatch batch, int first, int step, SocketTarget to) {
        int end = batch.count();
        for (int i = first; i < end; ) {
            int run = SegmentRun.count(batch.lengths(), i, step, end, to.maxSegmentBytes());
            sendRun(batch, i, step, run, to);
            i += run * step;
        }
    }

    private void sendRun(DatagramBatch batch, int first, int step, int run, SocketTarget to) {
        int slot = batch.slot(first);
        messages.write(slot, slot * vectorsPerSlot, batch, first, step, run, to);
        int total = 0;
        for (int i = 0, index = first; i < run; i++, index += step) {
            int mine = batch.slot(index);
            payloadBytes[mine] = batch.lengths()[index];
            payloadAt[mine] = batch.payloadAt(index);
            sourceAt[mine] = batch.sourceAt(index);
            nextSlot[mine] = i + 1 < run ? batch.slot(index + step) : NONE;
            total += payloadBytes[mine];
        }
        target[slot] = to;
        datagrams[slot] = run;
        bytes[slot] = total;
        attempts[slot] = 0;
        submit(slot, to);
    }

    private void submit(int slot, SocketTarget to) {
        if (ring.submit(to.send(slot, ops)) == RingOps.NOT_SUBMITTED) {
            drop(slot, DropReason.SEND_FAILED);
        } else {
            to.onSubmitted();
        }
    }

    /**
     * A message has been sent, or has not.
     *
     * @param result bytes sent, or a negative errno
     */
    void onSent(int slot, int result) {
        SocketTarget to = target[slot];
        if (result >= 0) {
            stats.onForwarded(to, datagrams[slot], bytes[slot]);
            free(slot);
        } else {
            switch (SendFailure.of(-result, datagrams[slot] > 1)) {
                case UNREACHABLE -> onUnreachable(slot, to);
                case SEGMENTATION -> sendOneByOne(slot, to);
                case QUEUE_FULL -> drop(slot, DropReason.SEND_QUEUE_FULL);
                case OTHER -> drop(slot, DropReason.SEND_FAILED);
            }
        }
        // Last, so that a target with a message to repeat is not taken for idle.
        to.onCompleted();
    }

    private void onUnreachable(int slot, SocketTarget to) {
        stats.onUnreachable(to);
        if (++attempts[slot] < MAX_ATTEMPTS) {
            submit(slot, to);
        } else {
            drop(slot, DropReason.SEND_FAILED);
        }
    }

    private void sendOneByOne(int slot, SocketTarget to) {
        to.disableSegmentation();
        oneByOne.clear();
        for (int i = slot; i != NONE; i = nextSlot[i]) {
            oneByOne.add(i, payloadAt[i], payloadBytes[i], sourceAt[i]);
        }
        sendShare(oneByOne, 0, 1, to);
    }

    private void drop(int slot, DropReason reason) {
        stats.onDropped(reason, memory, sourceAt[slot], datagrams[slot], bytes[slot], target[slot]);
        free(slot);
    }

    private void free(int slot) {
        for (int i = slot; i != NONE; ) {
            int next = nextSlot[i];
            onSent.accept(i);
            i = next;
        }
    }
}
