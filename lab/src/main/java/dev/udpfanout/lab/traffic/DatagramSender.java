package dev.udpfanout.lab.traffic;

import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.traffic.Pacer;
import dev.udpfanout.traffic.Payload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * Sends the lab's payloads from one socket, and so from one source address and port, of a namespace. Sequence numbers
 * go on from one call to the next. For one thread at a time.
 */
public final class DatagramSender implements AutoCloseable {
    private static final AtomicLong RUNS = new AtomicLong(System.nanoTime() << 16);
    private static final int SEND_BUFFER_BYTES = 1 << 20;
    private static final long PROGRESS_EVERY_NS = 100_000_000;

    private final DatagramChannel channel;
    private final InetSocketAddress source;
    private final long runId;
    private long nextSequence;

    private DatagramSender(DatagramChannel channel, long runId) throws IOException {
        this.channel = channel;
        this.source = (InetSocketAddress) channel.getLocalAddress();
        this.runId = runId;
    }

    /** A run id that nothing else in this process has. */
    public static long newRunId() {
        return RUNS.incrementAndGet();
    }

    /** Opens a socket with a run id of its own, on a port that the kernel picks. */
    public static DatagramSender open(LabNamespace namespace, String address) {
        return open(namespace, new InetSocketAddress(address, 0), newRunId());
    }

    /**
     * Opens a socket.
     *
     * @param local the source address; port 0 for one that the kernel picks
     * @param runId what the payloads carry, so that receivers can tell runs apart
     */
    public static DatagramSender open(LabNamespace namespace, InetSocketAddress local, long runId) {
        return namespace.closedWithTopology(namespace.call(() -> {
            DatagramChannel channel = DatagramChannel.open(
                    local.getAddress() instanceof Inet6Address
                            ? StandardProtocolFamily.INET6
                            : StandardProtocolFamily.INET);
            try {
                channel.setOption(StandardSocketOptions.SO_SNDBUF, SEND_BUFFER_BYTES);
                return new DatagramSender(channel.bind(local), runId);
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        }));
    }

    /** What the payloads carry. */
    public long runId() {
        return runId;
    }

    /** The socket's address and port. */
    public InetSocketAddress source() {
        return source;
    }

    /** As {@link #send(SendPlan, LongConsumer)}, telling nobody how far it is. */
    public SendReport send(SendPlan plan) {
        return send(plan, sent -> {});
    }

    /**
     * Sends, blocking, until the plan is done or its time is over.
     *
     * @param progress told about ten times a second how many have been sent
     * @throws UncheckedIOException if the kernel refuses a datagram, for example EPERM from a firewall rule
     */
    public SendReport send(SendPlan plan, LongConsumer progress) {
        long firstSequence = nextSequence;
        long startNs = System.nanoTime();
        long deadlineNs = startNs + plan.limit().toNanos();
        long progressNs = startNs + PROGRESS_EVERY_NS;
        Pacer pacer = new Pacer(plan.perSecond(), startNs);
        ByteBuffer buffer = ByteBuffer.allocateDirect(Payload.MAX_DATAGRAM_BYTES);
        byte[] payload = new byte[plan.payloadBytes()];
        long sent = 0;
        while (sent < plan.datagrams() && System.nanoTime() - deadlineNs < 0) {
            for (long due = Math.min(pacer.due(System.nanoTime()), plan.datagrams() - sent); due > 0; due--) {
                sendOne(plan, buffer, payload);
                sent++;
            }
            if (System.nanoTime() - progressNs >= 0) {
                progress.accept(sent);
                progressNs += PROGRESS_EVERY_NS;
            }
            pacer.pause();
        }
        return new SendReport(source, firstSequence, sent, Duration.ofNanos(System.nanoTime() - startNs));
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void sendOne(SendPlan plan, ByteBuffer buffer, byte[] payload) {
        Payload.write(payload, payload.length, runId, nextSequence);
        try {
            channel.send(buffer.clear().put(payload).flip(), plan.destination());
        } catch (IOException e) {
            throw new UncheckedIOException("datagram " + nextSequence + " to " + plan.destination(), e);
        }
        nextSequence++;
    }
}
