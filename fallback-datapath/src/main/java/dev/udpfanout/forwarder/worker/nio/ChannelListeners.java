package dev.udpfanout.forwarder.worker.nio;

import dev.udpfanout.forwarder.config.ForwarderConfig;
import dev.udpfanout.forwarder.socket.ClassicBpf;
import dev.udpfanout.forwarder.socket.DatagramSocket;
import dev.udpfanout.forwarder.socket.ProcNetUdp;
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
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * As {@link SocketListeners}, on the JDK's channels, whose descriptors are out of reach. The program that picks a
 * socket is attached to the group by one more member, the last, which the program never picks. A range of addresses
 * would take a filter on each socket, so there is none here.
 */
public final class ChannelListeners implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChannelListeners.class);

    private final List<BoundChannel> channels = new ArrayList<>();
    private DatagramSocket selector;

    private ChannelListeners() {}

    /** Opens them, or none. */
    public static ChannelListeners open(ForwarderConfig config) throws IOException {
        ChannelListeners listeners = new ChannelListeners();
        try {
            listeners.openChannels(config, config.bind());
            if (config.workers() > 1 && config.replies().isEmpty()) {
                listeners.tryAttachSelector(config.workers());
            }
            return listeners;
        } catch (IOException | RuntimeException e) {
            listeners.close();
            throw e;
        }
    }

    private void openChannels(ForwarderConfig config, InetSocketAddress first) throws IOException {
        InetSocketAddress address = first;
        for (int i = 0; i < config.workers(); i++) {
            DatagramChannel channel = OpenChannel.of(address);
            Set<Long> before = i == 0 ? Set.of() : inodes(address);
            try {
                channel.configureBlocking(false);
                channel.setOption(StandardSocketOptions.SO_RCVBUF, config.receiveBufferBytes());
                bind(channel, address, i == 0);
            } catch (IOException e) {
                channel.close();
                throw e;
            }
            address = (InetSocketAddress) channel.getLocalAddress();
            channels.add(new BoundChannel(channel, onlyNew(inodes(address), before)));
        }
    }

    /** None if they cannot be read: then no drops are reported. */
    private static Set<Long> inodes(InetSocketAddress address) {
        try {
            return ProcNetUdp.inodes(address);
        } catch (IOException e) {
            LOG.warn("the kernel's drops cannot be counted: {}", e.getMessage());
            return Set.of();
        }
    }

    private static OptionalLong onlyNew(Set<Long> now, Set<Long> before) {
        List<Long> fresh = now.stream().filter(inode -> !before.contains(inode)).toList();
        return fresh.size() == 1 ? OptionalLong.of(fresh.getFirst()) : OptionalLong.empty();
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
        InetSocketAddress address =
                (InetSocketAddress) channels.getFirst().channel().getLocalAddress();
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
    public List<BoundChannel> channels() {
        return channels;
    }

    /** Closes what the workers do not own, and, where there are no workers yet, the channels too. */
    @Override
    public void close() throws IOException {
        if (selector != null) {
            selector.close();
        }
        for (BoundChannel channel : channels) {
            channel.close();
        }
    }
}
