package dev.udpfanout.forwarder.worker;

import java.lang.foreign.MemorySegment;

/** Datagrams received and not yet sent on: where each stands in the receive memory. Reused from batch to batch. */
final class DatagramBatch {
    private final MemorySegment memory;
    private final int[] lengths;
    private final int[] slots;
    private final long[] payloadAt;
    private final long[] sourceAt;
    private int count;

    DatagramBatch(ReceiveMemory receive, int capacity) {
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
    void add(int slot, long payloadOffset, int payloadBytes, long sourceOffset) {
        slots[count] = slot;
        payloadAt[count] = payloadOffset;
        lengths[count] = payloadBytes;
        sourceAt[count] = sourceOffset;
        count++;
    }

    void clear() {
        count = 0;
    }

    /** Puts a datagram in another one's place, which is then gone from the batch. */
    void move(int from, int to) {
        slots[to] = slots[from];
        payloadAt[to] = payloadAt[from];
        lengths[to] = lengths[from];
        sourceAt[to] = sourceAt[from];
    }

    /** Forgets all but the first ones. */
    void truncate(int toCount) {
        count = toCount;
    }

    int count() {
        return count;
    }

    boolean isFull() {
        return count == lengths.length;
    }

    /** Payload bytes of each datagram, valid up to {@link #count()}. */
    int[] lengths() {
        return lengths;
    }

    int slot(int index) {
        return slots[index];
    }

    MemorySegment memory() {
        return memory;
    }

    long payloadAt(int index) {
        return payloadAt[index];
    }

    long sourceAt(int index) {
        return sourceAt[index];
    }
}
