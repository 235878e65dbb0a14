package dev.udpfanout.forwarder.worker.receive;

import dev.udpfanout.forwarder.config.ForwarderConfig;
import dev.udpfanout.forwarder.socket.ControlMessage;
import dev.udpfanout.forwarder.socket.SocketAddresses;

/**
 * What is received of a datagram's addresses and its TTL besides the payload, and where it stands.
 *
 * @param nameBytes room for the client's sockaddr; 0 where nobody wants it
 * @param controlOffset from the sockaddr to the ancillary data
 * @param controlBytes room for ancillary data: one of the following
 * @param hasLocal whether that is the address that the client sent to: where replies are to come from it, and the
 *     listener has many
 * @param hasTtl whether that is the TTL or hop limit, while the socket is asked for it
 */
public record ReceivedAddresses(int nameBytes, int controlOffset, int controlBytes, boolean hasLocal, boolean hasTtl) {
    /** @param controlOffset see above */
    public static ReceivedAddresses of(ForwarderConfig config, int controlOffset) {
        boolean hasLocal = config.replies().isPresent() && config.hasManyAddresses();
        // There are no copies with replies. One that has come back cannot be told without its sender.
        boolean hasTtl = config.replies().isEmpty() && config.takesSources();
        return new ReceivedAddresses(
                config.takesSources() ? SocketAddresses.IPV6_BYTES : 0,
                controlOffset,
                hasLocal ? ControlMessage.RECEIVED_BYTES : hasTtl ? ControlMessage.RECEIVED_TTL_BYTES : 0,
                hasLocal,
                hasTtl);
    }

    /** What the sockaddr and the ancillary data take together. */
    public int bytes() {
        return nameBytes + controlBytes;
    }

    /** Where the ancillary data stand, by where the sockaddr does: an offset or an address. */
    public long controlAt(long sourceAt) {
        return sourceAt + controlOffset;
    }
}
