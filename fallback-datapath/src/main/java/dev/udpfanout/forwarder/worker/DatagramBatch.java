package dev.udpfanout.forwarder.worker;

import java.lang.foreign.MemorySegment;

/** Datagrams received and not yet sent on: where each stands in the receive memory. Reused from batch to batch. */
public final class DatagramBatch {
    private final MemorySegment memory;
    private final int[] lengths;
    private final int[] slots;
    private final long[] payloadAt;
    private final long[] sourceAt;
    private int count;

    public DatagramBatch(ReceiveMemory receive, int capacity) {
        this.memory = receive.memory();
        this.lengths = new int[capacity];
        this.slots = new int[capacity];
        this.payloadAt = new long[capacity];
        this.sourceAt = new long[capacity];
    }

    /**
     * @param slot the receive slot
     * @param payloadOffset offset of the payload in the receive memory
     * @param payloadBytes its length
     * @param sourceOffset offset of the sender's sockaddr in the receive memory
     */
    public void add(int slot, long payloadOffset, int payloadBytes, long sourceOffset) {
        slots[count] = slot;
        payloadAt[count] = payloadOffset;
        lengths[count] = payloadBytes;
        sourceAt[count] = sourceOffset;
        count++;
    }

    /** Adds a datagram of another batch in the same memory. */
    public void add(DatagramBatch other, int index) {
        add(other.slots[index], other.payloadAt[index], other.lengths[index], other.sourceAt[index]);
    }

    public void clear() {
        count = 0;
    }

    /** Puts a datagram in another one's place, which is then gone from the batch. */
    public void move(int from, int to) {
        slots[to] = slots[from];
        payloadAt[to] = payloadAt[from];
        lengths[to] = lengths[from];
        sourceAt[to] = sourceAt[from];
    }

    /** Forgets all but the first ones. */
    public void truncate(int toCount) {
        count = toCount;
    }

    public int count() {
        return count;
    }

    public boolean isFull() {
        return count == lengths.length;
    }

    /** Payload bytes of each datagram, valid up to {@link #count()}. */
    public int[] lengths() {
        return lengths;
    }

    public int slot(int index) {
        return slots[index];
    }

    public MemorySegment memory() {
        return memory;
    }

    public long payloadAt(int index) {
        return payloadAt[index];
    }

    public long sourceAt(int index) {
        return sourceAt[index];
    }
}
