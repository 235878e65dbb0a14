package dev.udpfanout.forwarder.worker.socket;

import dev.udpfanout.forwarder.netflow.SharedSets;
import dev.udpfanout.forwarder.worker.DatagramBatch;
import dev.udpfanout.forwarder.worker.ReceiveMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Room for one message that we write, as if it had been received from its exporter. The event loop's. */
final class NetflowMessages {
    private static final int MAX_BYTES = 65_535;

    private final ReceiveMemory memory;
    private final DatagramBatch batch;
    private final int addressBytes;
    private final int controlOffset;

    NetflowMessages(ReceivedAddresses layout, Arena arena) {
        this.controlOffset = layout.controlOffset();
        this.addressBytes = controlOffset + layout.controlBytes();
        this.memory = new ReceiveMemory(1, addressBytes + MAX_BYTES, arena);
        this.batch = new DatagramBatch(memory, 1);
    }

    ReceiveMemory memory() {
        return memory;
    }

    /** What all endpoints need of the datagram that was judged last, with the sender and TTL of that. */
    DatagramBatch cut(DatagramBatch from, int index, SharedSets shared) {
        MemorySegment.copy(from.memory(), from.sourceAt(index), memory.memory(), 0, addressBytes);
        return batchOf(shared.write(memory.memory(), addressBytes));
    }

    /** A message from an exporter, with the host's own TTL. */
    DatagramBatch tell(byte[] sockaddr, byte[] message) {
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
