package dev.udpfanout.lab.traffic;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.LabNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Receives on one port of a namespace, on a thread of its own, until it is stopped. Made by {@link ReceiverBuilder}.
 */
public final class DatagramReceiver implements AutoCloseable {
    private static final Duration START_STOP_LIMIT = Duration.ofSeconds(10);
    private static final int MAX_DATAGRAM_BYTES = 65_536;

    private final LabNamespace namespace;
    private final int port;
    private final StandardProtocolFamily family;
    private final ReceiveTally tally;
    private final CompletableFuture<Selector> started = new CompletableFuture<>();
    private final CompletableFuture<ReceiverReport> finished = new CompletableFuture<>();
    private volatile boolean stopping;

    private DatagramReceiver(LabNamespace namespace, int port, StandardProtocolFamily family, ReceiveTally tally) {
        this.namespace = namespace;
        this.port = port;
        this.family = family;
        this.tally = tally;
    }

    /** Describes a receiver in a namespace; {@link ReceiverBuilder#start} makes it. */
    public static ReceiverBuilder in(LabNamespace namespace) {
        return new ReceiverBuilder(namespace);
    }

    static DatagramReceiver start(
            LabNamespace namespace,
            int port,
            StandardProtocolFamily family,
            int receiveBufferBytes,
            ReceiveTally tally) {
        DatagramReceiver receiver = new DatagramReceiver(namespace, port, family, tally);
        namespace
                .thread("receiver-" + port, () -> receiver.run(receiveBufferBytes))
                .start();
        receiver.started
                .orTimeout(START_STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
                .join();
        return namespace.closedWithTopology(receiver);
    }

    /** Where it is: {@code pod1}. */
    public String role() {
        return namespace.role();
    }

    /** How many datagrams have come up to now. */
    public long received() {
        return tally.received();
    }

    /** The first payloads that came, as many as {@link ReceiverBuilder#keepPayloads} allows. */
    public List<ReceivedDatagram> kept() {
        return tally.kept();
    }

    /** Waits until at least so many datagrams have come; false if the limit passes first. */
    public boolean awaitReceived(long atLeast, Duration limit) {
        return BoundedWait.until(() -> received() >= atLeast, limit);
    }

    /** Takes what is in the socket's buffer, then stops; the same report on every call. */
    public ReceiverReport stop() {
        stopping = true;
        started.join().wakeup();
        return finished.orTimeout(START_STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    @Override
    public void close() {
        stop();
    }

    private void run(int receiveBufferBytes) {
        try {
            // Known when the socket is closed: who has stopped this one may bind another at once.
            finished.complete(receiveUntilStopped(receiveBufferBytes));
        } catch (IOException e) {
            fail(new UncheckedIOException("receiver on " + role() + " port " + port, e));
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    private ReceiverReport receiveUntilStopped(int receiveBufferBytes) throws IOException {
        try (DatagramChannel channel = DatagramChannel.open(family);
                Selector selector = Selector.open()) {
            channel.setOption(StandardSocketOptions.SO_RCVBUF, receiveBufferBytes);
            channel.bind(new InetSocketAddress(family == StandardProtocolFamily.INET6 ? "::" : "0.0.0.0", port));
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ);
            UdpCounters before = counters();
            started.complete(selector);
            receive(channel, selector);
            return tally.report(
                    role(), SocketDrops.ofPort(port, family), counters().since(before));
        }
    }

    private UdpCounters counters() throws IOException {
        return family == StandardProtocolFamily.INET6 ? UdpCounters.read6() : UdpCounters.read();
    }

    private void receive(DatagramChannel channel, Selector selector) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(MAX_DATAGRAM_BYTES);
        byte[] payload = new byte[MAX_DATAGRAM_BYTES];
        boolean last;
        do {
            // Read before the socket is emptied: what was there when stop() was called is still counted.
            last = stopping;
            drain(channel, buffer, payload);
            if (!last) {
                selector.select();
                selector.selectedKeys().clear();
            }
        } while (!last);
    }

    private void drain(DatagramChannel channel, ByteBuffer buffer, byte[] payload) throws IOException {
        InetSocketAddress source = (InetSocketAddress) channel.receive(buffer.clear());
        while (source != null) {
            int size = buffer.flip().remaining();
            buffer.get(payload, 0, size);
            tally.add(source, payload, size);
            source = (InetSocketAddress) channel.receive(buffer.clear());
        }
    }

    private void fail(RuntimeException reason) {
        started.completeExceptionally(reason);
        finished.completeExceptionally(reason);
    }
}
