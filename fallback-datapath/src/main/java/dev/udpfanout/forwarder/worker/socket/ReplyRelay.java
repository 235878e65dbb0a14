package dev.udpfanout.forwarder.worker.socket;

import dev.udpfanout.forwarder.socket.IoVector;
import dev.udpfanout.forwarder.socket.LibC;
import dev.udpfanout.forwarder.socket.MessageFlag;
import dev.udpfanout.forwarder.socket.MessageHeader;
import dev.udpfanout.forwarder.worker.FlowStats;
import dev.udpfanout.forwarder.worker.ReceiveMemory;
import dev.udpfanout.forwarder.worker.WorkerSetup;
import dev.udpfanout.forwarder.worker.WorkerStats;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Gathers the replies of many flows and sends them from the listener's socket, with one sendmmsg(2) for all. */
final class ReplyRelay {
    /** So that one flow with much to say does not keep the others waiting. */
    private static final int MAX_FROM_ONE_FLOW = 16;

    private final int listenerFd;
    private final ReplyAddresses addresses;
    private final WorkerStats stats;
    private final FlowStats flowStats;
    private final ReceiveMemory payloads;
    private final MessageHeaders received;
    private final MessageHeaders outgoing;
    private final MemorySegment outgoingVectors;
    private final MemorySegment errno;
    private final int[] lengths;
    private int used;
    private int count;

    ReplyRelay(
            WorkerSetup setup,
            int listenerFd,
            ReplyAddresses addresses,
            WorkerStats stats,
            FlowStats flowStats,
            Arena arena) {
        this.listenerFd = listenerFd;
        this.addresses = addresses;
        this.stats = stats;
        this.flowStats = flowStats;
        int capacity = setup.config().batchSize();
        int maxBytes = setup.config().maxPacketBytes();
        this.payloads = new ReceiveMemory(capacity, maxBytes, arena);
        this.received = new MessageHeaders(capacity, arena);
        this.outgoing = new MessageHeaders(capacity, arena);
        this.outgoingVectors = arena.allocate((long) capacity * IoVector.BYTES, IoVector.BYTES);
        this.errno = arena.allocate(LibC.ERRNO_STATE);
        this.lengths = new int[capacity];
        MemorySegment vectors = arena.allocate((long) capacity * IoVector.BYTES, IoVector.BYTES);
        for (int i = 0; i < capacity; i++) {
            long vectorAt = (long) i * IoVector.BYTES;
            IoVector.write(vectors, vectorAt, payloads.address(i), maxBytes);
            MessageHeader.write(received.memory(), received.at(i), 0, 0, vectors.address() + vectorAt, 1);
        }
    }

    /** Reads what a flow's endpoint has sent, some of it at least; the number of datagrams read. */
    int gather(FlowSocket flow) {
        if (used == payloads.slots()) {
            flush();
        }
        int wanted = Math.min(MAX_FROM_ONE_FLOW, payloads.slots() - used);
        int result = LibC.recvmmsg(errno, flow.fd(), received.from(used), wanted, MessageFlag.DONT_WAIT);
        if (result < 0) {
            // What ICMP said of an earlier request; anything else will be said again by the next send.
            if (SendFailure.of(-result, false) == SendFailure.UNREACHABLE) {
                stats.onUnreachable(flow.target());
            }
            return 0;
        }
        int end = used + result;
        for (int i = used; i < end; i++) {
            long at = received.at(i);
            if ((MessageHeader.flags(received.memory(), at) & MessageFlag.TRUNCATED) != 0) {
                flowStats.onReplyTooLong();
            } else {
                address(flow, i, MessageHeader.messageLength(received.memory(), at));
            }
        }
        used = end;
        return result;
    }

    private void address(FlowSocket flow, int payload, int payloadBytes) {
        long vectorAt = (long) count * IoVector.BYTES;
        IoVector.write(outgoingVectors, vectorAt, payloads.address(payload), payloadBytes);
        addresses.write(flow.slot(), outgoing.memory(), outgoing.at(count), outgoingVectors.address() + vectorAt);
        lengths[count++] = payloadBytes;
    }

    /** Sends what has been gathered. A reply that the kernel refuses is dropped, the others are sent all the same. */
    void flush() {
        int done = 0;
        while (done < count) {
            int result = LibC.sendmmsg(errno, listenerFd, outgoing.from(done), count - done, MessageFlag.DONT_WAIT);
            if (result > 0) {
                flowStats.onRepliesForwarded(result, bytes(done, result));
                done += result;
            } else {
                flowStats.onReplyRefused();
                done++;
            }
        }
        count = 0;
        used = 0;
    }

    private long bytes(int first, int messages) {
        long total = 0;
        for (int i = first; i < first + messages; i++) {
            total += lengths[i];
        }
        return total;
    }
}
