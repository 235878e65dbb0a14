package dev.udpfanout.loader.receiver;

import dev.udpfanout.loader.config.reader.SocketAddressText;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Receives datagrams on one address and counts them; each is one event, an empty one too. One thread calls
 * {@link #run}, any thread may call {@link #stop}. Memory does not grow with what is received: there is one buffer, and
 * content is not kept.
 */
public final class EventReceiver implements AutoCloseable {
    /** What is asked for; the kernel gives net.core.rmem_max at the most (socket(7)). */
    private static final int RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

    /** No UDP payload is longer: its length has 16 bits (RFC 768). */
    private static final int MAX_PAYLOAD_BYTES = 65_535;

    private static final Duration REPORT_INTERVAL = Duration.ofSeconds(1);
    /** How many datagrams are received between two looks at the clock. */
    private static final int BATCH = 256;
    /** For what is in the socket's buffer already when it ends; senders that go on must not hold it up. */
    private static final Duration LAST_LIMIT = Duration.ofSeconds(1);

    private final DatagramChannel channel;
    private final Selector selector;
    private final Report report;
    private final Senders senders = new Senders();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(MAX_PAYLOAD_BYTES);
    private final CountDownLatch finished = new CountDownLatch(1);
    private volatile boolean stopped;
    private volatile long events;
    private long reportedEvents;

    private EventReceiver(DatagramChannel channel, Selector selector, Report report) {
        this.channel = channel;
        this.selector = selector;
        this.report = report;
    }

    /** Is told what has been received. */
    @FunctionalInterface
    public interface Report {
        /**
         * Called by the thread that receives: once a second while there are new datagrams, and at the end.
         *
         * @param events datagrams since the start
         * @param senders what each sender has sent; to be read during the call alone
         * @param isLast whether it is the end
         */
        void received(long events, Senders senders, boolean isLast);
    }

    /**
     * Binds a socket.
     *
     * @param bind an address of this machine, or a wildcard; {@code ::} takes IPv4 as well, and IPv4 alone on a machine
     *     that has no IPv6
     * @param report told what has come
     * @throws IOException if the address is not this machine's, or is in use
     */
    public static EventReceiver open(InetSocketAddress bind, Report report) throws IOException {
        DatagramChannel channel = channelFor(bind);
        try {
            channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER_BYTES);
            channel.bind(isIpv6Wildcard(bind) ? new InetSocketAddress(bind.getPort()) : bind);
            channel.configureBlocking(false);
            Selector selector = Selector.open();
            channel.register(selector, SelectionKey.OP_READ);
            return new EventReceiver(channel, selector, report);
        } catch (IOException e) {
            channel.close();
            throw new IOException("cannot receive on " + SocketAddressText.write(bind) + ": " + e.getMessage(), e);
        }
    }

    private static DatagramChannel channelFor(InetSocketAddress bind) throws IOException {
        if (isIpv6Wildcard(bind)) {
            // Of the family that the machine has: IPv6 takes both.
            return DatagramChannel.open();
        }
        try {
            return DatagramChannel.open(
                    bind.getAddress() instanceof Inet4Address
                            ? StandardProtocolFamily.INET
                            : StandardProtocolFamily.INET6);
        } catch (UnsupportedOperationException e) {
            throw new IOException(
                    "cannot receive on " + SocketAddressText.write(bind) + ": this machine has no IPv6", e);
        }
    }

    private static boolean isIpv6Wildcard(InetSocketAddress bind) {
        return bind.getAddress().isAnyLocalAddress() && !(bind.getAddress() instanceof Inet4Address);
    }

    /** Where it receives, with the port that the kernel has chosen if 0 was asked for. */
    public InetSocketAddress address() throws IOException {
        return (InetSocketAddress) channel.getLocalAddress();
    }

    /** The room for datagrams that wait for this process, in bytes, as it was asked for and granted. */
    public int receiveBufferBytes() throws IOException {
        return channel.getOption(StandardSocketOptions.SO_RCVBUF);
    }

    /** Datagrams received since the start. */
    public long events() {
        return events;
    }

    /**
     * Receives until {@link #stop}, then what has come in until then, and reports for the last time.
     *
     * @throws IOException if the socket fails
     */
    public void run() throws IOException {
        try {
            long nextReport = System.nanoTime() + REPORT_INTERVAL.toNanos();
            while (!stopped) {
                long wait = nextReport - System.nanoTime();
                if (wait > 0) {
                    selector.select(key -> {}, Math.max(1, TimeUnit.NANOSECONDS.toMillis(wait)));
                    receiveBatch();
                } else {
                    reportNews();
                    nextReport = System.nanoTime() + REPORT_INTERVAL.toNanos();
                }
            }
            receiveTheRest();
            report.received(events, senders, true);
        } finally {
            finished.countDown();
        }
    }

    /** Whether there may be more at once. */
    private boolean receiveBatch() throws IOException {
        int received = 0;
        while (received < BATCH) {
            InetSocketAddress from = (InetSocketAddress) channel.receive(buffer.clear());
            if (from == null) {
                break;
            }
            senders.add(from, buffer.flip());
            received++;
        }
        events = events + received;
        return received == BATCH;
    }

    private void reportNews() {
        if (events != reportedEvents) {
            reportedEvents = events;
            report.received(reportedEvents, senders, false);
        }
    }

    private void receiveTheRest() throws IOException {
        long end = System.nanoTime() + LAST_LIMIT.toNanos();
        boolean more = true;
        while (more && System.nanoTime() < end) {
            more = receiveBatch();
        }
    }

    /** Has {@link #run} come to its end. */
    public void stop() {
        stopped = true;
        selector.wakeup();
    }

    /**
     * Waits for the end of {@link #run}.
     *
     * @return whether it has ended in time
     */
    public boolean awaitFinished(Duration limit) throws InterruptedException {
        return finished.await(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() throws IOException {
        selector.close();
        channel.close();
    }
}
