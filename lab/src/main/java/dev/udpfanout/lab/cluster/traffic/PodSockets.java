package dev.udpfanout.lab.cluster.traffic;

import dev.udpfanout.lab.LabNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** The receivers of all pods, on one thread: a socket stays in the namespace in which it was opened. */
public final class PodSockets implements AutoCloseable {
    private static final int RECEIVE_BUFFER_BYTES = 4 << 20;
    private static final int SELECT_MS = 50;

    private final Map<Long, Flow> flows = new ConcurrentHashMap<>();
    private final AtomicInteger sockets = new AtomicInteger();
    private final AtomicLong ids = new AtomicLong(System.nanoTime());
    private final Selector selector;
    private volatile boolean stopping;

    /** Starts the thread. */
    public PodSockets() throws IOException {
        selector = Selector.open();
        Thread.ofPlatform().daemon().name("pod-sockets").start(this::run);
    }

    /** Opens a pod's socket; it receives when this returns. The caller's to close. */
    public AutoCloseable open(LabNamespace pod, int port) {
        DatagramChannel channel = pod.call(() -> {
            DatagramChannel opened = DatagramChannel.open()
                    .setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
                    .bind(new InetSocketAddress("0.0.0.0", port));
            opened.configureBlocking(false);
            return opened;
        });
        short number = (short) sockets.incrementAndGet();
        try {
            channel.register(selector, SelectionKey.OP_READ, number);
            selector.wakeup();
        } catch (ClosedChannelException e) {
            throw new UncheckedIOException(e);
        }
        return () -> {
            // What is in the buffer was delivered.
            drain(channel, number, ByteBuffer.allocateDirect(Flow.BYTES));
            channel.close();
        };
    }

    /** A new flow, whose datagrams are noted whichever pod they come to. The caller's to close. */
    public Flow flow(LabNamespace from, InetSocketAddress destination) {
        return flow(SenderSocket.kept(from), destination);
    }

    /** As above, from a socket that other flows may share; it is closed with any of them. */
    public Flow flow(SenderSocket socket, InetSocketAddress destination) {
        long id = ids.incrementAndGet();
        Flow flow = new Flow(id, socket, destination);
        flows.put(id, flow);
        return flow;
    }

    @Override
    public void close() {
        stopping = true;
        selector.wakeup();
    }

    private void run() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(Flow.BYTES);
        try (selector) {
            while (!stopping) {
                selector.select(
                        key -> {
                            try {
                                drain((DatagramChannel) key.channel(), (Short) key.attachment(), buffer);
                            } catch (ClosedChannelException e) {
                                key.cancel();
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        },
                        SELECT_MS);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void drain(DatagramChannel channel, short number, ByteBuffer buffer) throws IOException {
        while (channel.receive(buffer.clear()) != null) {
            if (buffer.flip().remaining() == Flow.BYTES) {
                Flow flow = flows.get(buffer.getLong());
                if (flow != null) {
                    flow.arrive((int) buffer.getLong(), number);
                }
            }
        }
    }
}
