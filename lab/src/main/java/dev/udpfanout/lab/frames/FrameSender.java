package dev.udpfanout.lab.frames;

import dev.udpfanout.lab.LabNamespace;

/** Puts frames on the wire as they are, past the sender's own IP stack. For one thread at a time. */
public final class FrameSender implements AutoCloseable {
    private final PacketSocket socket;
    private boolean closed;

    private FrameSender(PacketSocket socket) {
        this.socket = socket;
    }

    /**
     * Opens a sender on an interface.
     *
     * @throws dev.udpfanout.bindings.errno.SystemCallException if there is no such interface
     */
    public static FrameSender open(LabNamespace namespace, String interfaceName) {
        return namespace.closedWithTopology(
                namespace.call(() -> new FrameSender(PacketSocket.open(interfaceName, PacketSocket.NO_PROTOCOL))));
    }

    /**
     * Sends one frame.
     *
     * @param frame at least an Ethernet header, at most the interface's MTU more
     * @throws dev.udpfanout.bindings.errno.SystemCallException if the kernel does not take it, for example EMSGSIZE
     */
    public void send(byte[] frame) {
        socket.send(frame);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            socket.close();
        }
    }
}
