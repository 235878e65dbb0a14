package dev.udpfanout.forwarder.worker;

import dev.udpfanout.forwarder.socket.AnonymousMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Off-heap buffers of equal size, one datagram each. */
public final class ReceiveMemory {
    private static final int CACHE_LINE_BYTES = 64;

    private final MemorySegment memory;
    private final int slots;
    private final int slotBytes;
    private final long strideBytes;

    public ReceiveMemory(int slots, int slotBytes, Arena arena) {
        this.slots = slots;
        this.slotBytes = slotBytes;
        // An odd number of cache lines: with a power of two all datagrams would compete for the same few cache sets.
        long lines = (slotBytes + CACHE_LINE_BYTES - 1) / CACHE_LINE_BYTES | 1;
        this.strideBytes = lines * CACHE_LINE_BYTES;
        this.memory = AnonymousMemory.map(strideBytes * slots, arena);
    }

    public MemorySegment memory() {
        return memory;
    }

    public int slots() {
        return slots;
    }

    int slotBytes() {
        return slotBytes;
    }

    public long strideBytes() {
        return strideBytes;
    }

    /** Offset of a slot within {@link #memory()}. */
    public long at(int slot) {
        return slot * strideBytes;
    }

    public long address(int slot) {
        return memory.address() + at(slot);
    }
}
