package dev.udpfanout.forwarder.worker.nio;

import dev.udpfanout.forwarder.counter.DropReason;
import dev.udpfanout.forwarder.flow.FlowKey;
import dev.udpfanout.forwarder.worker.FlowChoice;
import dev.udpfanout.forwarder.worker.WorkerFlows;
import dev.udpfanout.forwarder.worker.WorkerSetup;
import dev.udpfanout.forwarder.worker.WorkerStats;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.function.Consumer;

/** Flows on the JDK's channels, a datagram at a time. */
final class ChannelFlows extends WorkerFlows<ChannelTarget, ChannelFlow> {
    private static final int MAX_ATTEMPTS = 3;
    private static final int MAX_REPLIES_A_WAKEUP = 16;

    private final WorkerSetup setup;
    private final DatagramChannel listener;
    private final WorkerStats stats;
    private final Consumer<String> errors;
    private final ByteBuffer reply;
    private final FlowKey client = new FlowKey();
    private InetSocketAddress clientAddress;

    /** @param listener replies leave by it */
    ChannelFlows(
            WorkerSetup setup,
            DatagramChannel listener,
            WorkerStats stats,
            FlowChoice<ChannelTarget> choice,
            Consumer<String> errors) {
        super(setup.loop(), setup.replies().orElseThrow(), stats.flows(), choice);
        this.setup = setup;
        this.listener = listener;
        this.stats = stats;
        this.errors = errors;
        // One byte more than allowed: the JDK cuts a longer datagram without a word.
        this.reply = ByteBuffer.allocateDirect(setup.config().maxPacketBytes() + 1);
    }

    /** Sends a client's datagram on by its flow. There are endpoints. */
    void forward(InetSocketAddress from, ByteBuffer request) {
        clientAddress = from;
        ChannelAddress.read(from, client);
        int bytes = request.remaining();
        ChannelFlow flow = null;
        try {
            flow = flowOf(client, System.nanoTime());
            for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
                if (trySend(flow, request, bytes)) {
                    return;
                }
                request.rewind();
            }
        } catch (IOException e) {
            // Counted; said aloud, it would be said for every datagram.
        }
        stats.onDropped(DropReason.SEND_FAILED, from, bytes, flow == null ? null : flow.target());
    }

    /** False if an earlier datagram's error came out: this one was not sent. */
    private boolean trySend(ChannelFlow flow, ByteBuffer request, int bytes) throws IOException {
        try {
            if (flow.send(request)) {
                stats.onForwarded(flow.target(), 1, bytes);
            } else {
                stats.onDropped(DropReason.SEND_QUEUE_FULL, clientAddress, bytes, flow.target());
            }
            return true;
        } catch (PortUnreachableException e) {
            stats.onUnreachable(flow.target());
            return false;
        }
    }

    @Override
    protected ChannelFlow open(FlowKey key, ChannelTarget target) throws IOException {
        return ChannelFlow.open(key, target, clientAddress, this, setup.loop());
    }

    /** Replies have come; what this leaves is told of again. */
    void onReadable(ChannelFlow flow) {
        try {
            for (int i = 0; i < MAX_REPLIES_A_WAKEUP && flow.receive(reply.clear()); i++) {
                onReply(flow, System.nanoTime());
                relay(flow);
            }
        } catch (PortUnreachableException e) {
            stats.onUnreachable(flow.target());
        } catch (IOException e) {
            onError("receive of a reply: " + e.getMessage());
        }
    }

    private void relay(ChannelFlow flow) {
        reply.flip();
        int bytes = reply.remaining();
        if (bytes > setup.config().maxPacketBytes()) {
            stats.flows().onReplyTooLong();
        } else if (isSent(flow, bytes)) {
            stats.flows().onRepliesForwarded(1, bytes);
        } else {
            stats.flows().onReplyRefused();
        }
    }

    private boolean isSent(ChannelFlow flow, int bytes) {
        try {
            // An empty datagram that the socket has no room for cannot be told from one that was sent.
            return listener.send(reply, flow.client()) == bytes;
        } catch (IOException e) {
            return false;
        }
    }

    void onError(String what) {
        errors.accept(what);
    }
}
