package dev.udpfanout.forwarder.worker.socket;

import dev.udpfanout.forwarder.flow.FlowKey;
import dev.udpfanout.forwarder.socket.DatagramSocket;
import dev.udpfanout.forwarder.socket.SocketException;
import dev.udpfanout.forwarder.worker.TargetFlow;

/** A flow on a descriptor of ours. */
final class FlowSocket extends TargetFlow<SocketTarget> {
    private final DatagramSocket socket;
    private final FlowSlots slots;
    private final int slot;

    private FlowSocket(FlowKey client, SocketTarget target, DatagramSocket socket, FlowSlots slots) {
        super(client, target);
        this.socket = socket;
        this.slots = slots;
        this.slot = slots.take(this);
    }

    /** Connected, so that the kernel takes datagrams from the endpoint only. */
    static FlowSocket open(FlowKey client, SocketTarget target, FlowSlots slots) throws SocketException {
        DatagramSocket socket = DatagramSocket.openUdp(target.endpoint().getAddress());
        try {
            socket.connect(target.endpoint());
            return new FlowSocket(client, target, socket, slots);
        } catch (SocketException e) {
            socket.close();
            throw e;
        }
    }

    int fd() {
        return socket.fd();
    }

    int slot() {
        return slot;
    }

    @Override
    protected void close() {
        slots.giveBack(slot);
        socket.close();
    }
}
