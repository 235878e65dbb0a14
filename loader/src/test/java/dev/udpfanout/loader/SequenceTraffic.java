package dev.udpfanout.loader;

import dev.udpfanout.lab.LabNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.util.BitSet;
import java.util.concurrent.locks.LockSupport;

/**
 * One sender whose progress can be read while it sends, and receivers that remember which numbers they got: what a
 * datagram sent after a moment is, is then exact, and needs no waiting time.
 */
public final class SequenceTraffic implements AutoCloseable {
    private static final int MAX_DATAGRAMS = 4_000_000;
    private static final int SOCKET_BUFFER_BYTES = 32 << 20;

    private final DatagramChannel sender;
    private final Thread sending;
    private volatile long next;
    private volatile boolean stopping;

    /** Starts to send, at so many datagrams a second, until stopped; at most four million. */
    public SequenceTraffic(LabNamespace from, InetSocketAddress to, int perSecond) {
        sender = from.call(() -> DatagramChannel.open().connect(to));
        sending = from.thread("sequence-sender", () -> send(perSecond));
        sending.start();
    }

    private void send(int perSecond) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(Long.BYTES);
        long start = System.nanoTime();
        try {
            for (long number = 0; number < MAX_DATAGRAMS && !stopping; number++) {
                long dueNanos = start + number * 1_000_000_000L / perSecond;
                for (long now = System.nanoTime(); now < dueNanos && !stopping; now = System.nanoTime()) {
                    LockSupport.parkNanos(dueNanos - now);
                }
                // The number counts as sent from before it is, so that a reader of "next" errs on the safe side.
                next = number + 1;
                buffer.clear().putLong(number).flip();
                write(buffer);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An error that an earlier datagram's ICMP answer left in the socket means that this one has not been sent. */
    private void write(ByteBuffer datagram) throws IOException {
        while (true) {
            try {
                sender.write(datagram);
                return;
            } catch (PortUnreachableException e) {
                datagram.rewind();
            }
        }
    }

    /** The first number that has not been sent yet. */
    public long next() {
        return next;
    }

    /** Stops sending; how many were sent. */
    public long stop() throws InterruptedException {
        stopping = true;
        sending.join();
        return next;
    }

    @Override
    public void close() throws IOException {
        stopping = true;
        sender.close();
    }

    /** Remembers the numbers that one pod gets. */
    public static final class Receiver implements AutoCloseable {
        private final DatagramChannel channel;
        private final BitSet numbers = new BitSet(MAX_DATAGRAMS);
        private long received;

        public Receiver(LabNamespace pod, int port) {
            channel = pod.call(() -> DatagramChannel.open()
                    .setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER_BYTES)
                    .bind(new InetSocketAddress(port)));
            pod.thread("sequence-receiver", this::receive).start();
        }

        private void receive() {
            ByteBuffer buffer = ByteBuffer.allocateDirect(Long.BYTES);
            try {
                while (true) {
                    channel.receive(buffer.clear());
                    if (buffer.flip().remaining() < Long.BYTES) {
                        // The daemon, or doctor, asks whether anybody listens.
                        continue;
                    }
                    long number = buffer.getLong();
                    if (number < 0 || number >= MAX_DATAGRAMS) {
                        // One of "udp-fanout trace".
                        continue;
                    }
                    synchronized (this) {
                        numbers.set((int) number);
                        received++;
                    }
                }
            } catch (ClosedChannelException e) {
                // The end of the test.
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Whether a number has arrived. */
        public synchronized boolean has(long number) {
            return numbers.get((int) number);
        }

        public synchronized long received() {
            return received;
        }

        public synchronized BitSet numbers() {
            return (BitSet) numbers.clone();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
