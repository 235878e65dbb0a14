package dev.udpfanout.forwarder.counter;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;

/**
 * A place for one sample. One thread writes it at a time, without waiting; who reads sees whether it was whole all the
 * while.
 */
final class SampleSlot {
    private static final long BEING_WRITTEN = -1;
    private static final int ADDRESS_BYTES = 16;
    private static final VarHandle STAMP;

    static {
        try {
            STAMP = MethodHandles.lookup().findVarHandle(SampleSlot.class, "stamp", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** One more than the number of the sample that is here; 0 if none is. */
    @SuppressWarnings("unused") // by STAMP
    private long stamp;

    private long atMs;
    private String listener;
    private DropReason reason;
    private boolean hasSource;
    private long sourceHigh;
    private long sourceLow;
    private int sourcePort;
    private Optional<InetSocketAddress> destination;
    private InetSocketAddress endpoint;
    private int datagrams;
    private int bytes;

    static SampleSlot[] create(int count) {
        SampleSlot[] slots = new SampleSlot[count];
        for (int i = 0; i < count; i++) {
            slots[i] = new SampleSlot();
        }
        return slots;
    }

    /** Leaves it as it is if another thread, which has slept for a whole round, is writing it. */
    void write(long number, DropDescription drop) {
        long before = (long) STAMP.getOpaque(this);
        if (before == BEING_WRITTEN || !STAMP.compareAndSet(this, before, BEING_WRITTEN)) {
            return;
        }
        atMs = System.currentTimeMillis();
        listener = drop.listener();
        reason = drop.reason();
        hasSource = drop.hasSource();
        sourceHigh = drop.sourceHigh();
        sourceLow = drop.sourceLow();
        sourcePort = drop.sourcePort();
        destination = drop.destination();
        endpoint = drop.endpoint();
        datagrams = drop.datagrams();
        bytes = drop.bytes();
        STAMP.setRelease(this, number + 1);
    }

    /** Whether a sample's number has been given, but the sample is not here yet. */
    boolean isBefore(long number) {
        return (long) STAMP.getAcquire(this) < number + 1;
    }

    /** Empty if there is another one by now. */
    Optional<DropSample> read(long number) {
        if ((long) STAMP.getAcquire(this) != number + 1) {
            return Optional.empty();
        }
        Instant at = Instant.ofEpochMilli(atMs);
        Optional<InetSocketAddress> source = hasSource ? Optional.of(source()) : Optional.empty();
        DropSample sample = new DropSample(
                at, listener, reason, source, destination, Optional.ofNullable(endpoint), datagrams, bytes);
        VarHandle.loadLoadFence();
        return (long) STAMP.getOpaque(this) == number + 1 ? Optional.of(sample) : Optional.empty();
    }

    private InetSocketAddress source() {
        byte[] address = ByteBuffer.allocate(ADDRESS_BYTES)
                .putLong(sourceHigh)
                .putLong(sourceLow)
                .array();
        try {
            // A v4-mapped address becomes one of IPv4.
            return new InetSocketAddress(InetAddress.getByAddress(address), sourcePort);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 16 bytes", e);
        }
    }
}
