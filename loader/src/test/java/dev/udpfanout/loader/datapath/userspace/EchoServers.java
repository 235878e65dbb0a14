package dev.udpfanout.loader.datapath.userspace;

import dev.udpfanout.lab.LabNamespace;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** In each pod a server that answers every datagram with the same, and with its own number before it. */
final class EchoServers implements AutoCloseable {
    private static final int MAX_DATAGRAM_BYTES = 65_535;

    private final List<DatagramChannel> channels = new ArrayList<>();
    private final Set<InetSocketAddress> sources = ConcurrentHashMap.newKeySet();
    private final AtomicInteger answered = new AtomicInteger();

    private EchoServers() {}

    static EchoServers start(List<LabNamespace> pods, int port) {
        EchoServers servers = new EchoServers();
        for (LabNamespace pod : pods) {
            DatagramChannel channel = pod.call(() -> DatagramChannel.open().bind(new InetSocketAddress(port)));
            int number = servers.channels.size();
            servers.channels.add(channel);
            Thread.ofPlatform().daemon().name("echo").start(() -> servers.serve(channel, number));
        }
        return servers;
    }

    private void serve(DatagramChannel channel, int number) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(MAX_DATAGRAM_BYTES);
        try {
            while (true) {
                buffer.clear().put((byte) number);
                SocketAddress from = channel.receive(buffer);
                sources.add((InetSocketAddress) from);
                // Before the answer: whoever has that may ask how many there were.
                answered.incrementAndGet();
                channel.send(buffer.flip(), from);
            }
        } catch (AsynchronousCloseException e) {
            // The end of the test.
        } catch (ClosedChannelException e) {
            // The end of the test, between two datagrams.
        } catch (IOException e) {
            throw new IllegalStateException("echo server " + number, e);
        }
    }

    /** Who has asked, as the pods see it. */
    Set<InetSocketAddress> sources() {
        return sources;
    }

    int answered() {
        return answered.get();
    }

    @Override
    public void close() throws IOException {
        for (DatagramChannel channel : channels) {
            channel.close();
        }
    }
}
