package dev.udpfanout.forwarder.worker.socket;

import dev.udpfanout.forwarder.counter.DropReason;
import dev.udpfanout.forwarder.flow.FlowKey;
import dev.udpfanout.forwarder.socket.ControlMessage;
import dev.udpfanout.forwarder.socket.DatagramSocket;
import dev.udpfanout.forwarder.socket.EventPoll;
import dev.udpfanout.forwarder.socket.SocketAddresses;
import dev.udpfanout.forwarder.socket.SocketException;
import dev.udpfanout.forwarder.worker.DatagramBatch;
import dev.udpfanout.forwarder.worker.FlowChoice;
import dev.udpfanout.forwarder.worker.WorkerFlows;
import dev.udpfanout.forwarder.worker.WorkerSetup;
import dev.udpfanout.forwarder.worker.WorkerStats;
import dev.udpfanout.forwarder.worker.receive.ReceivedAddresses;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteOrder;

/**
 * Flows on descriptors of ours, for io_uring and epoll alike. All flows' sockets are watched by one epoll descriptor,
 * and the event loop watches that: to begin and to end a flow costs the event loop nothing.
 */
public final class SocketFlows extends WorkerFlows<SocketTarget, FlowSocket> {
    private static final int MAX_READY = 64;
    private static final ValueLayout.OfShort NETWORK_SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt NETWORK_INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong NETWORK_LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final WorkerStats stats;
    private final boolean ipv6;
    private final ReceivedAddresses layout;
    private final ReplyAddresses addresses;
    private final FlowSlots slots;
    private final EventPoll replies;
    private final RequestSender sender;
    private final ReplyRelay relay;
    private final FlowKey client = new FlowKey();
    private DatagramBatch batch;
    private int current;

    private SocketFlows(
            WorkerSetup setup,
            DatagramSocket listener,
            EventPoll replies,
            ReceivedAddresses layout,
            WorkerStats stats,
            FlowChoice<SocketTarget> choice,
            Arena arena) {
        super(setup.loop(), setup.replies().orElseThrow(), stats.flows(), choice);
        InetAddress bind = setup.config().bind().getAddress();
        int flows = setup.replies().orElseThrow().maxFlows();
        this.stats = stats;
        this.ipv6 = bind instanceof Inet6Address;
        this.layout = layout;
        int nameBytes = ipv6 ? SocketAddresses.IPV6_BYTES : SocketAddresses.IPV4_BYTES;
        this.addresses = new ReplyAddresses(flows, nameBytes, layout.hasLocal(), arena);
        this.slots = new FlowSlots(flows);
        this.replies = replies;
        this.sender = new RequestSender(setup.config().batchSize(), stats, arena);
        this.relay = new ReplyRelay(setup, listener.fd(), addresses, stats, stats.flows(), arena);
    }

    /**
     * @param listener replies leave by it
     * @param layout where a received datagram has its addresses
     * @param arena to live at least as long
     */
    static SocketFlows open(
            WorkerSetup setup,
            DatagramSocket listener,
            ReceivedAddresses layout,
            WorkerStats stats,
            FlowChoice<SocketTarget> choice,
            Arena arena)
            throws SocketException {
        EventPoll replies = EventPoll.open(MAX_READY, arena);
        return new SocketFlows(setup, listener, replies, layout, stats, choice, arena);
    }

    /** The descriptor that can be read when a reply has come. */
    public int fd() {
        return replies.fd();
    }

    /** Sends each datagram on by its flow; afterwards the batch's memory is free. There are endpoints. */
    public void forward(DatagramBatch requests) {
        batch = requests;
        long nowNs = System.nanoTime();
        FlowSocket flow = null;
        int first = 0;
        for (current = 0; current < requests.count(); current++) {
            readAddresses(requests.memory(), requests.sourceAt(current));
            if (flow != null && flow.isOf(client)) {
                continue;
            }
            // Sent before the next flow begins: that may take this one's place.
            send(flow, first, current - first);
            first = current;
            flow = flowOrNull(nowNs);
            if (flow == null) {
                stats.onDropped(DropReason.SEND_FAILED, batch, current, null);
                first++;
            }
        }
        send(flow, first, requests.count() - first);
    }

    private FlowSocket flowOrNull(long nowNs) {
        try {
            return flowOf(client, nowNs);
        } catch (IOException e) {
            // Counted; said aloud, it would be said for every datagram.
            return null;
        }
    }

    private void send(FlowSocket flow, int first, int count) {
        if (flow != null) {
            sender.send(flow, batch, first, count);
        }
    }

    private void readAddresses(MemorySegment memory, long sourceAt) {
        int port = Short.toUnsignedInt(memory.get(NETWORK_SHORT, sourceAt + SocketAddresses.PORT_OFFSET));
        long controlAt = layout.controlAt(sourceAt);
        if (ipv6) {
            long at = sourceAt + SocketAddresses.IPV6_ADDRESS_OFFSET;
            int scope = memory.get(ValueLayout.JAVA_INT_UNALIGNED, sourceAt + SocketAddresses.IPV6_SCOPE_OFFSET);
            client.setIpv6Client(memory.get(NETWORK_LONG, at), memory.get(NETWORK_LONG, at + Long.BYTES), scope, port);
            if (layout.hasLocal()) {
                long localAt = controlAt + ControlMessage.IPV6_LOCAL_OFFSET;
                client.setIpv6Local(memory.get(NETWORK_LONG, localAt), memory.get(NETWORK_LONG, localAt + Long.BYTES));
            }
        } else {
            client.setIpv4Client(memory.get(NETWORK_INT, sourceAt + SocketAddresses.IPV4_ADDRESS_OFFSET), port);
            if (layout.hasLocal()) {
                client.setIpv4Local(memory.get(NETWORK_INT, controlAt + ControlMessage.IPV4_LOCAL_OFFSET));
            }
        }
    }

    @Override
    protected FlowSocket open(FlowKey key, SocketTarget target) throws SocketException {
        FlowSocket flow = FlowSocket.open(key, target, slots);
        long sourceAt = batch.sourceAt(current);
        addresses.keep(flow.slot(), batch.memory(), sourceAt, layout.controlAt(sourceAt));
        try {
            replies.add(flow.fd(), flow.slot());
            return flow;
        } catch (SocketException e) {
            flow.close();
            throw e;
        }
    }

    /** Some replies have come; what this leaves is told of again. */
    public void onReadable() {
        int ready = replies.poll();
        if (ready == 0) {
            return;
        }
        long nowNs = System.nanoTime();
        for (int i = 0; i < ready; i++) {
            FlowSocket flow = slots.flow(replies.number(i));
            if (flow != null && relay.gather(flow) > 0) {
                onReply(flow, nowNs);
            }
        }
        relay.flush();
    }

    @Override
    public void closeAll() {
        super.closeAll();
        replies.close();
    }
}
