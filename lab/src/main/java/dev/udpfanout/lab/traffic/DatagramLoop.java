package dev.udpfanout.lab.traffic;

import dev.udpfanout.lab.LabNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * A socket in a namespace and the thread that gives each of its datagrams to whom it may concern, until it is closed.
 */
final class DatagramLoop implements AutoCloseable {
    private static final int MAX_DATAGRAM_BYTES = 65_535;
    private static final int SOCKET_BUFFER_BYTES = 4 << 20;

    private final DatagramChannel channel;
    private final Consumer<ByteBuffer> consumer;
    private final Thread thread;
    private final LongAdder datagrams = new LongAdder();

    /**
     * Receives what is for a port of a namespace, over both families.
     *
     * @param name of the thread
     * @param consumer gets each payload from that thread; the buffer is the next datagram's when it returns
     */
    DatagramLoop(LabNamespace namespace, String name, int port, Consumer<ByteBuffer> consumer) {
        this.channel = namespace.call(() -> DatagramChannel.open()
                .setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER_BYTES)
                .bind(new InetSocketAddress(port)));
        this.consumer = consumer;
        this.thread = namespace.thread(name, this::receive);
        this.thread.start();
    }

    private void receive() {
        ByteBuffer buffer = ByteBuffer.allocate(MAX_DATAGRAM_BYTES);
        try {
            while (true) {
                channel.receive(buffer.clear());
                consumer.accept(buffer.flip());
                datagrams.increment();
            }
        } catch (ClosedChannelException e) {
            // That is how it ends.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Datagrams that the consumer has taken. */
    long datagrams() {
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
