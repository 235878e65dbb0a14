package dev.udpfanout.forwarder;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;

/** A sender or receiver on the loopback interface. */
public final class Peer implements AutoCloseable {
    private static final int BUFFER_BYTES = 8 << 20;
    private static final int MAX_DATAGRAM_BYTES = 65_536;

    private final DatagramChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(MAX_DATAGRAM_BYTES);
    private InetSocketAddress lastSender;

    private Peer(DatagramChannel channel) {
        this.channel = channel;
    }

    public static Peer on(String address) {
        return on(new InetSocketAddress(address, 0));
    }

    public static Peer on(InetSocketAddress address) {
        try {
            DatagramChannel channel = DatagramChannel.open(
                    address.getAddress().getAddress().length == 4
                            ? StandardProtocolFamily.INET
                            : StandardProtocolFamily.INET6);
            channel.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER_BYTES);
            channel.setOption(StandardSocketOptions.SO_SNDBUF, BUFFER_BYTES);
            channel.bind(address);
            channel.configureBlocking(false);
            return new Peer(channel);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public InetSocketAddress address() {
        try {
            return (InetSocketAddress) channel.getLocalAddress();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void send(byte[] payload, InetSocketAddress to) {
        try {
            channel.send(ByteBuffer.wrap(payload), to);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next datagram, once it is there. */
    public byte[] receive() {
        byte[][] received = new byte[1][];
        Await.until("a datagram at " + address(), () -> (received[0] = poll()) != null);
        return received[0];
    }

    /** The next datagram, or null if none is there. */
    public byte[] poll() {
        try {
            buffer.clear();
            InetSocketAddress sender = (InetSocketAddress) channel.receive(buffer);
            if (sender == null) {
                return null;
            }
            lastSender = sender;
            byte[] payload = new byte[buffer.flip().remaining()];
            buffer.get(payload);
            return payload;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes all datagrams that are there; how many. */
    public int drain() {
        int count = 0;
        while (poll() != null) {
            count++;
        }
        return count;
    }

    public InetSocketAddress lastSender() {
        return lastSender;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
