package dev.udpfanout.forwarder.worker;

import dev.udpfanout.forwarder.netflow.SharedSets;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Room for one message that we write, as if it had been received from its exporter. The event loop's. */
public final class NetflowMessages {
    private static final int MAX_BYTES = 65_535;

    private final ReceiveMemory memory;
    private final DatagramBatch batch;
    private final int addressBytes;
    private final int controlOffset;

    /**
     * Where a received datagram has what.
     *
     * @param controlOffset bytes of its sender, before control messages
     * @param controlBytes of those
     */
    public NetflowMessages(int controlOffset, int controlBytes, Arena arena) {
        this.controlOffset = controlOffset;
        this.addressBytes = controlOffset + controlBytes;
        this.memory = new ReceiveMemory(1, addressBytes + MAX_BYTES, arena);
        this.batch = new DatagramBatch(memory, 1);
    }

    /** Where it is. */
    public ReceiveMemory memory() {
        return memory;
    }

    /** What all endpoints need of the datagram that was judged last, with the sender and TTL of that. */
    public DatagramBatch cut(DatagramBatch from, int index, SharedSets shared) {
        MemorySegment.copy(from.memory(), from.sourceAt(index), memory.memory(), 0, addressBytes);
        return batchOf(shared.write(memory.memory(), addressBytes));
    }

    /** A message from an exporter, with the host's own TTL. */
    public DatagramBatch tell(byte[] sockaddr, byte[] message) {
        MemorySegment to = memory.memory();
        MemorySegment.copy(sockaddr, 0, to, ValueLayout.JAVA_BYTE, 0, sockaddr.length);
        to.asSlice(controlOffset, addressBytes - controlOffset).fill((byte) 0);
        MemorySegment.copy(message, 0, to, ValueLayout.JAVA_BYTE, addressBytes, message.length);
        return batchOf(message.length);
    }

    private DatagramBatch batchOf(int bytes) {
        batch.clear();
        batch.add(0, addressBytes, bytes, 0);
        return batch;
    }
}
