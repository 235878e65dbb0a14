package dev.udpfanout.loader.sender;

import dev.udpfanout.loader.config.reader.SocketAddressText;
import dev.udpfanout.traffic.Pacer;
import dev.udpfanout.traffic.Payload;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Sends datagrams whose payloads have a run's id and a number, one run a source, so that a receiver can tell what is
 * missing. One thread calls {@link #run}, any may call {@link #stop}.
 */
public final class NumberedSender implements AutoCloseable {
    private static final Duration REPORT_INTERVAL = Duration.ofSeconds(1);

    private final SendOrder order;
    private final Report report;
    private final List<Source> sources = new ArrayList<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(Payload.MAX_DATAGRAM_BYTES);
    private final byte[] payload;
    private volatile boolean stopped;
    private long sent;
    private long refused;

    /** Is told how far it is. */
    @FunctionalInterface
    public interface Report {
        /**
         * Called once a second, and at the end.
         *
         * @param sent datagrams that this machine has sent
         * @param refused datagrams that it would not send, or that an ICMP error came back for
         */
        void progress(long sent, long refused);
    }

    /** A socket and the run that it sends. */
    private static final class Source {
        private final DatagramChannel channel;
        private final long runId;
        private long next;

        Source(DatagramChannel channel, long runId) {
            this.channel = channel;
            this.runId = runId;
        }
    }

    private NumberedSender(SendOrder order, Report report) {
        this.order = order;
        this.report = report;
        this.payload = new byte[order.payloadBytes()];
    }

    /**
     * Opens the sockets.
     *
     * @throws IOException if this machine has no route, or not that address
     */
    public static NumberedSender open(SendOrder order, Report report) throws IOException {
        NumberedSender sender = new NumberedSender(order, report);
        try {
            SecureRandom runs = new SecureRandom();
            for (int i = 0; i < order.sources(); i++) {
                sender.sources.add(new Source(connected(order), runs.nextLong()));
            }
            return sender;
        } catch (IOException e) {
            sender.close();
            throw new IOException(
                    "failed to send to " + SocketAddressText.write(order.to()) + ": " + e.getMessage(), e);
        }
    }

    /** Connected, so that the kernel reports the ICMP errors that come back (udp(7)). */
    private static DatagramChannel connected(SendOrder order) throws IOException {
        DatagramChannel channel = DatagramChannel.open(
                order.to().getAddress() instanceof Inet6Address
                        ? StandardProtocolFamily.INET6
                        : StandardProtocolFamily.INET);
        try {
            if (order.from().isPresent()) {
                channel.bind(new InetSocketAddress(order.from().get(), 0));
            }
            return channel.connect(order.to());
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Sends until all are sent, or until {@link #stop}; returns how many were sent. */
    public long run() {
        long began = System.nanoTime();
        long nextReport = began + REPORT_INTERVAL.toNanos();
        Pacer pacer = new Pacer(order.perSecond(), began);
        while (!stopped && sent + refused < order.count()) {
            for (long due = Math.min(pacer.due(System.nanoTime()), order.count() - sent - refused); due > 0; due--) {
                send(sources.get((int) ((sent + refused) % sources.size())));
            }
            if (System.nanoTime() - nextReport >= 0) {
                report.progress(sent, refused);
                nextReport += REPORT_INTERVAL.toNanos();
            }
            pacer.pause();
        }
        report.progress(sent, refused);
        return sent;
    }

    private void send(Source source) {
        Payload.write(payload, payload.length, source.runId, source.next++);
        buffer.clear().put(payload).flip();
        try {
            if (write(source.channel)) {
                sent++;
            } else {
                refused++;
            }
        } catch (IOException e) {
            refused++;
        }
    }

    /** An ICMP error that an earlier datagram has brought is reported once, in place of sending the next. */
    private boolean write(DatagramChannel channel) throws IOException {
        try {
            return channel.write(buffer) >= 0;
        } catch (PortUnreachableException e) {
            buffer.rewind();
            sent--;
            refused++;
            return channel.write(buffer) >= 0;
        }
    }

    /** Has {@link #run} come to its end. */
    public void stop() {
        stopped = true;
    }

    @Override
    public void close() throws IOException {
        for (Source source : sources) {
            source.channel.close();
        }
    }
}
