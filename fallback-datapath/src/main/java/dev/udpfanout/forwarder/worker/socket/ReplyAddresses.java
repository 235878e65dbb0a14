package dev.udpfanout.forwarder.worker.socket;

import dev.udpfanout.forwarder.socket.AnonymousMemory;
import dev.udpfanout.forwarder.socket.ControlMessage;
import dev.udpfanout.forwarder.socket.MessageHeader;
import dev.udpfanout.forwarder.socket.SocketAddresses;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Where the replies of each flow go to and come from, in the form that the kernel's send calls take: written once, when
 * the flow begins.
 */
final class ReplyAddresses {
    private static final int CONTROL_AT = 32;
    private static final int STRIDE_BYTES = CONTROL_AT + 48;

    private final MemorySegment memory;
    private final int nameBytes;
    private final boolean hasSource;
    private int controlBytes;

    /**
     * @param slots flows at a time
     * @param nameBytes of the listener's family's struct sockaddr
     * @param hasSource whether the source is to be named: a socket that is bound to a wildcard has no address of its
     *     own
     */
    ReplyAddresses(int slots, int nameBytes, boolean hasSource, Arena arena) {
        this.memory = AnonymousMemory.map((long) slots * STRIDE_BYTES, arena);
        this.nameBytes = nameBytes;
        this.hasSource = hasSource;
    }

    /**
     * Keeps a datagram's addresses.
     *
     * @param sourceAt where the client's sockaddr is in the memory
     * @param controlAt where the kernel's word is of the address that the client sent to
     */
    void keep(int slot, MemorySegment received, long sourceAt, long controlAt) {
        long at = (long) slot * STRIDE_BYTES;
        MemorySegment.copy(received, sourceAt, memory, at, nameBytes);
        if (!hasSource) {
            return;
        }
        controlBytes = nameBytes == SocketAddresses.IPV4_BYTES
                ? ControlMessage.ipv4Source(
                        memory, at + CONTROL_AT, received, controlAt + ControlMessage.IPV4_LOCAL_OFFSET)
                : ControlMessage.ipv6Source(
                        memory, at + CONTROL_AT, received, controlAt + ControlMessage.IPV6_LOCAL_OFFSET);
    }

    /** Addresses a message to a flow's client. */
    void write(int slot, MemorySegment headers, long headerAt, long vector) {
        long address = memory.address() + (long) slot * STRIDE_BYTES;
        MessageHeader.write(headers, headerAt, address, nameBytes, vector, 1);
        if (hasSource) {
            MessageHeader.control(headers, headerAt, address + CONTROL_AT, controlBytes);
        }
    }
}
