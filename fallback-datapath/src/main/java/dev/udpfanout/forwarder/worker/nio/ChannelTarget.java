package dev.udpfanout.forwarder.worker.nio;

import dev.udpfanout.forwarder.worker.Target;
import dev.udpfanout.forwarder.worker.TargetCounters;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;

/** A target on the JDK's channels. */
final class ChannelTarget extends Target {
    private static final int SEND_BUFFER_BYTES = 4 << 20;

    private final DatagramChannel channel;
    private DatagramChannel emptyDatagrams;

    private ChannelTarget(InetSocketAddress endpoint, TargetCounters counters, DatagramChannel channel) {
        super(endpoint, counters);
        this.channel = channel;
    }

    static ChannelTarget open(InetSocketAddress endpoint, TargetCounters counters) throws IOException {
        DatagramChannel channel = OpenChannel.of(endpoint);
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.SO_SNDBUF, SEND_BUFFER_BYTES);
            channel.connect(endpoint);
            return new ChannelTarget(endpoint, counters, channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** False if the send would have had to wait. */
    boolean send(ByteBuffer datagram) throws IOException {
        if (datagram.hasRemaining()) {
            return channel.write(datagram) > 0;
        }
        // The JDK sends nothing for an empty buffer on a connected channel, but does on one that is not.
        if (emptyDatagrams == null) {
            emptyDatagrams = OpenChannel.of(endpoint());
        }
        emptyDatagrams.send(datagram, endpoint());
        return true;
    }

    @Override
    protected void close() {
        close(channel);
        if (emptyDatagrams != null) {
            close(emptyDatagrams);
        }
    }

    private static void close(DatagramChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // A datagram socket has nothing to flush: the descriptor is gone whatever close(2) said.
        }
    }
}
