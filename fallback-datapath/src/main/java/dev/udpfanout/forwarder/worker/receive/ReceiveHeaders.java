package dev.udpfanout.forwarder.worker.receive;

import dev.udpfanout.forwarder.socket.IoVector;
import dev.udpfanout.forwarder.socket.MessageFlag;
import dev.udpfanout.forwarder.socket.MessageHeader;
import dev.udpfanout.forwarder.worker.ReceiveMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A message header for each receive slot, for recvmsg(2) and recvmmsg(2). In a slot stand the sender's sockaddr, the
 * ancillary data and the payload, one after the other.
 */
public final class ReceiveHeaders {
    /** From the sockaddr to the ancillary data: {@link ReceivedAddresses#controlOffset()}. */
    public static final int NAME_BYTES = 32;

    private final ReceiveMemory receive;
    private final ReceivedAddresses addresses;
    private final MemorySegment headers;
    private final int payloadOffset;

    /** @param receive with slots of {@link #payloadOffset(ReceivedAddresses)} bytes and the payload's */
    public ReceiveHeaders(ReceiveMemory receive, ReceivedAddresses addresses, int maxPacketBytes, Arena arena) {
        this.receive = receive;
        this.addresses = addresses;
        this.payloadOffset = payloadOffset(addresses);
        this.headers = arena.allocate(at(receive.slots()), MessageHeader.BYTES);
        MemorySegment vectors = arena.allocate((long) receive.slots() * IoVector.BYTES, IoVector.BYTES);
        for (int slot = 0; slot < receive.slots(); slot++) {
            long vectorAt = (long) slot * IoVector.BYTES;
            IoVector.write(vectors, vectorAt, receive.address(slot) + payloadOffset, maxPacketBytes);
            MessageHeader.write(headers, at(slot), 0, 0, vectors.address() + vectorAt, 1);
            makeRoom(slot);
        }
    }

    /** From the begin of a slot to the payload. */
    public static int payloadOffset(ReceivedAddresses addresses) {
        return NAME_BYTES + addresses.controlBytes();
    }

    private static long at(int slot) {
        return (long) slot * MessageHeader.BYTES;
    }

    /** Room for a datagram's addresses: each receive writes over it what it has taken. */
    public void makeRoom(int slot) {
        if (addresses.nameBytes() != 0) {
            MessageHeader.name(headers, at(slot), receive.address(slot), addresses.nameBytes());
            MessageHeader.control(
                    headers, at(slot), addresses.controlAt(receive.address(slot)), addresses.controlBytes());
        }
    }

    /** All of them, an array of struct mmsghdr. */
    public MemorySegment memory() {
        return headers;
    }

    public long address(int slot) {
        return headers.address() + at(slot);
    }

    /** Offset of a slot's payload in the receive memory. */
    public long payloadAt(int slot) {
        return receive.at(slot) + payloadOffset;
    }

    /** Whether the datagram received was longer than its room. */
    public boolean isTruncated(int slot) {
        return (MessageHeader.flags(headers, at(slot)) & MessageFlag.TRUNCATED) != 0;
    }

    /** The payload's bytes after recvmmsg(2), never more than its room. */
    public int length(int slot) {
        return MessageHeader.messageLength(headers, at(slot));
    }
}
