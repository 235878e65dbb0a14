package dev.udpfanout.forwarder.worker.socket;

import dev.udpfanout.forwarder.socket.ControlMessage;
import dev.udpfanout.forwarder.worker.DatagramBatch;
import dev.udpfanout.forwarder.worker.receive.ReceivedAddresses;
import java.lang.foreign.MemorySegment;

/**
 * TTLs (over IPv6: hop limits) of datagrams that are copied: a copy leaves with one less than the datagram came with,
 * as from a router, so that it does not go round for ever.
 */
final class HopLimits {
    private final ReceivedAddresses layout;

    HopLimits(ReceivedAddresses layout) {
        this.layout = layout;
    }

    /** What a datagram came with, 0 to 255; {@link ControlMessage#NONE} if that is not known. */
    int received(DatagramBatch batch, int index) {
        return layout.hasTtl()
                ? ControlMessage.receivedTtl(batch.memory(), layout.controlAt(batch.sourceAt(index)))
                : ControlMessage.NONE;
    }

    /** How many of a message's datagrams can go with the first: those that came with the same. */
    int sameRun(DatagramBatch batch, int first, int step, int datagrams) {
        int ttl = received(batch, first);
        int same = 1;
        while (same < datagrams && received(batch, first + same * step) == ttl) {
            same++;
        }
        return same;
    }

    /** Writes what a message is to leave with; 0 bytes, and the host's own default, if that is not known. */
    int write(MemorySegment control, long at, DatagramBatch batch, int index, boolean ipv6) {
        int ttl = received(batch, index);
        return ttl == ControlMessage.NONE ? 0 : ControlMessage.ttl(control, at, ttl - 1, ipv6);
    }
}
