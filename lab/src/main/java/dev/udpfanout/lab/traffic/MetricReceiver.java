package dev.udpfanout.lab.traffic;

import dev.udpfanout.lab.LabNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;

/** A receiver of StatsD: it keeps the lines of each datagram, in the order in which they came. */
public final class MetricReceiver implements AutoCloseable {
    private static final int MAX_DATAGRAM_BYTES = 65_535;
    private static final int SOCKET_BUFFER_BYTES = 4 << 20;

    private final DatagramChannel channel;
    private final Thread thread;
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final LongAdder datagrams = new LongAdder();

    private MetricReceiver(LabNamespace namespace, DatagramChannel channel) {
        this.channel = channel;
        this.thread = namespace.thread("statsd", this::receive);
        this.thread.start();
    }

    /** Receives what is for a port of a namespace, over both families. */
    public static MetricReceiver in(LabNamespace namespace, int port) {
        DatagramChannel opened = namespace.call(() -> DatagramChannel.open()
                .setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER_BYTES)
                .bind(new InetSocketAddress(port)));
        return new MetricReceiver(namespace, opened);
    }

    private void receive() {
        ByteBuffer buffer = ByteBuffer.allocate(MAX_DATAGRAM_BYTES);
        try {
            while (true) {
                channel.receive(buffer.clear());
                datagrams.increment();
                String text = StandardCharsets.ISO_8859_1.decode(buffer.flip()).toString();
                lines.addAll(List.of(text.split("\n")));
            }
        } catch (ClosedChannelException e) {
            // That is how it ends.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What has come. */
    public List<String> lines() {
        return lines;
    }

    /** How many datagrams that was. */
    public long datagrams() {
        return datagrams.sum();
    }

    @Override
    public void close() {
        try {
            channel.close();
            thread.join();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
