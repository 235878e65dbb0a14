package dev.udpfanout.forwarder.worker.nio;

import dev.udpfanout.forwarder.config.AddressRange;
import dev.udpfanout.forwarder.config.ForwarderConfig;
import dev.udpfanout.forwarder.socket.ClassicBpf;
import dev.udpfanout.forwarder.socket.DatagramSocket;
import dev.udpfanout.forwarder.socket.DiscardingSocket;
import dev.udpfanout.forwarder.socket.SocketException;
import dev.udpfanout.forwarder.socket.SocketOption;
import dev.udpfanout.forwarder.worker.socket.SocketListeners;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * As {@link SocketListeners}, on the JDK's channels, whose descriptors are out of reach. The program that picks a
 * socket is attached to the group by one more member, the last, which the program never picks.
 */
public final class ChannelListeners implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChannelListeners.class);

    private final List<DatagramChannel> channels = new ArrayList<>();
    private DatagramSocket selector;
    private DiscardingSocket discarding;

    private ChannelListeners() {}

    /** Opens them, or none. */
    public static ChannelListeners open(ForwarderConfig config) throws IOException {
        ChannelListeners listeners = new ChannelListeners();
        try {
            if (config.range().isPresent()) {
                listeners.openInRange(config, config.range().get());
                return listeners;
            }
            listeners.openChannels(config, config.bind(), true);
            if (config.workers() > 1 && config.replies().isEmpty()) {
                listeners.tryAttachSelector(config.workers());
            }
            return listeners;
        } catch (IOException | RuntimeException e) {
            listeners.close();
            throw e;
        }
    }

    private void openInRange(ForwarderConfig config, AddressRange range) throws IOException {
        try {
            // The JDK's sockets of IPv6 take IPv4 as well.
            discarding = DiscardingSocket.bind(config.wildcard(), false);
            openChannels(config, discarding.address(), false);
            discarding.select(config.bind().getAddress(), range.network(), range.bits(), config.workers(), false);
        } catch (LinkageError e) {
            throw new IOException("a range of addresses takes C functions, and none may be called", e);
        }
    }

    /** Datagrams that came to the port and were for none of the listener's addresses; wraps at 2^32. */
    public int discarded() throws IOException {
        return discarding == null ? 0 : discarding.drops();
    }

    private void openChannels(ForwarderConfig config, InetSocketAddress first, boolean founds) throws IOException {
        InetSocketAddress address = first;
        for (int i = 0; i < config.workers(); i++) {
            DatagramChannel channel = DatagramChannel.open(ChannelTarget.family(address));
            channels.add(channel);
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.SO_RCVBUF, config.receiveBufferBytes());
            bind(channel, address, founds && i == 0);
            address = (InetSocketAddress) channel.getLocalAddress();
        }
    }

    private static void bind(DatagramChannel channel, InetSocketAddress address, boolean first) throws IOException {
        if (!first) {
            channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
        }
        try {
            channel.bind(address);
        } catch (BindException e) {
            throw new IOException("bind " + address + ": " + e.getMessage(), e);
        }
        if (first) {
            channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
        }
    }

    /** Where the JVM may not call C functions there is no way to attach it, and no other transport either. */
    private void tryAttachSelector(int workers) throws IOException {
        try {
            attachSelector(workers);
        } catch (LinkageError e) {
            LOG.warn("no C functions may be called: all datagrams of one sender go to the same worker", e);
        }
    }

    private void attachSelector(int workers) throws IOException {
        InetSocketAddress address = (InetSocketAddress) channels.getFirst().getLocalAddress();
        selector = DatagramSocket.openUdp(address.getAddress());
        try {
            selector.set(SocketOption.REUSEPORT, 1);
            selector.bind(address);
            selector.attach(SocketOption.ATTACH_REUSEPORT_CBPF, ClassicBpf.randomSocket(workers));
        } catch (SocketException e) {
            selector.close();
            throw e;
        }
    }

    /** One a worker, bound and not blocking; the caller becomes their owner. */
    public List<DatagramChannel> channels() {
        return channels;
    }

    /** Closes what the workers do not own, and, where there are no workers yet, the channels too. */
    @Override
    public void close() throws IOException {
        if (selector != null) {
            selector.close();
        }
        if (discarding != null) {
            discarding.close();
        }
        for (DatagramChannel channel : channels) {
            channel.close();
        }
    }
}
