package dev.udpfanout.forwarder.worker.nio;

import dev.udpfanout.forwarder.flow.FlowKey;
import dev.udpfanout.forwarder.worker.TargetFlow;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.nio.NioIoHandle;
import io.netty.channel.nio.NioIoOps;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectableChannel;

/** A flow on one of the JDK's channels. */
final class ChannelFlow extends TargetFlow<ChannelTarget> implements NioIoHandle {
    private final DatagramChannel channel;
    private final InetSocketAddress client;
    private final ChannelFlows flows;
    private IoRegistration registration;
    private DatagramChannel emptyDatagrams;

    private ChannelFlow(
            FlowKey key, ChannelTarget target, DatagramChannel channel, InetSocketAddress client, ChannelFlows flows) {
        super(key, target);
        this.channel = channel;
        this.client = client;
        this.flows = flows;
    }

    /** On the event loop. Connected, so that the kernel takes datagrams from the endpoint only. */
    static ChannelFlow open(
            FlowKey key, ChannelTarget target, InetSocketAddress client, ChannelFlows flows, IoEventLoop loop)
            throws IOException {
        DatagramChannel channel = OpenChannel.of(target.endpoint());
        try {
            channel.configureBlocking(false);
            channel.connect(target.endpoint());
            ChannelFlow flow = new ChannelFlow(key, target, channel, client, flows);
            loop.register(flow).addListener(registered -> flow.onRegistered(registered.getNow(), registered.cause()));
            return flow;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private void onRegistered(Object registered, Throwable failure) {
        if (failure == null) {
            registration = (IoRegistration) registered;
            registration.submit(NioIoOps.READ);
        } else {
            flows.onError("register: " + failure.getMessage());
        }
    }

    /** False if the send would have had to wait. */
    boolean send(ByteBuffer datagram) throws IOException {
        if (datagram.hasRemaining()) {
            return channel.write(datagram) > 0;
        }
        if (emptyDatagrams == null) {
            emptyDatagrams = openForEmptyDatagrams();
        }
        emptyDatagrams.send(datagram, target().endpoint());
        return true;
    }

    /**
     * The JDK sends nothing for an empty buffer on a connected channel, but does on one that is not: this one has the
     * same port. What comes back goes to the connected one, as the kernel looks for that first.
     */
    private DatagramChannel openForEmptyDatagrams() throws IOException {
        // Not before: two sockets that allow it could be given the same port by chance.
        channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        DatagramChannel second = OpenChannel.of(target().endpoint());
        try {
            second.configureBlocking(false);
            second.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            return second.bind(channel.getLocalAddress());
        } catch (IOException | RuntimeException e) {
            second.close();
            throw e;
        }
    }

    /** The next reply, if there is one. */
    boolean receive(ByteBuffer reply) throws IOException {
        return channel.receive(reply) != null;
    }

    InetSocketAddress client() {
        return client;
    }

    @Override
    public SelectableChannel selectableChannel() {
        return channel;
    }

    @Override
    public void handle(IoRegistration ready, IoEvent event) {
        flows.onReadable(this);
    }

    @Override
    public void close() {
        if (registration != null) {
            registration.cancel();
        }
        try {
            channel.close();
            if (emptyDatagrams != null) {
                emptyDatagrams.close();
            }
        } catch (IOException e) {
            flows.onError("close: " + e.getMessage());
        }
    }
}
