package dev.udpfanout.forwarder.worker.socket;

import dev.udpfanout.forwarder.socket.MessageHeader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * An array of struct mmsghdr, and its rests from each element on, made in advance: calls that go on in the middle need
 * them.
 */
final class MessageHeaders {
    private final MemorySegment memory;
    private final MemorySegment[] rests;

    MessageHeaders(int count, Arena arena) {
        this.memory = arena.allocate((long) count * MessageHeader.BYTES, MessageHeader.BYTES);
        this.rests = new MemorySegment[count];
        for (int i = 0; i < count; i++) {
            rests[i] = memory.asSlice(at(i));
        }
    }

    MemorySegment memory() {
        return memory;
    }

    /** Offset of an element within {@link #memory()}. */
    long at(int index) {
        return (long) index * MessageHeader.BYTES;
    }

    /** From an element to the end. */
    MemorySegment from(int index) {
        return rests[index];
    }
}
