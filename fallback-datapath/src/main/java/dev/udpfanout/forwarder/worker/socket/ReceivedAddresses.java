package dev.udpfanout.forwarder.worker.socket;

import dev.udpfanout.forwarder.config.ForwarderConfig;
import dev.udpfanout.forwarder.socket.ControlMessage;
import dev.udpfanout.forwarder.socket.SocketAddresses;

/**
 * What is received of a datagram's addresses besides the payload, and where it stands.
 *
 * @param nameBytes room for the client's sockaddr; 0 where nobody wants it
 * @param controlOffset from the sockaddr to the ancillary data
 * @param controlBytes room for the address that the client sent to; 0 where the listener's is known or nobody wants it
 */
public record ReceivedAddresses(int nameBytes, int controlOffset, int controlBytes) {
    /** @param controlOffset see above */
    static ReceivedAddresses of(ForwarderConfig config, int controlOffset) {
        boolean hasReplies = config.replies().isPresent();
        boolean isAny = config.hasManyAddresses();
        return new ReceivedAddresses(
                config.takesSources() ? SocketAddresses.IPV6_BYTES : 0,
                controlOffset,
                hasReplies && isAny ? ControlMessage.RECEIVED_BYTES : 0);
    }

    public int bytes() {
        return nameBytes + controlBytes;
    }

    boolean hasLocal() {
        return controlBytes != 0;
    }

    public long controlAt(long sourceAt) {
        return sourceAt + controlOffset;
    }
}
