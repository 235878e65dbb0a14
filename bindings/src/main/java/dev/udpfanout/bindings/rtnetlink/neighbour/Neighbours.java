package dev.udpfanout.bindings.rtnetlink.neighbour;

import static dev.udpfanout.bindings.generated.libc.Libc.AF_BRIDGE;

import dev.udpfanout.bindings.generated.rtnetlink.ndmsg;
import dev.udpfanout.bindings.rtnetlink.Request;
import dev.udpfanout.bindings.rtnetlink.RequestType;
import dev.udpfanout.bindings.rtnetlink.RtnetlinkSocket;
import java.util.List;

/**
 * Who is on which link: the neighbour tables of IPv4 and IPv6, and the forwarding databases of bridges, of the socket's
 * namespace: {@code RTM_GETNEIGH} of rtnetlink(7). Needs no privilege.
 */
public final class Neighbours {
    private final RtnetlinkSocket socket;

    public Neighbours(RtnetlinkSocket socket) {
        this.socket = socket;
    }

    /** The neighbours of both families whose hardware address is known. */
    public List<Neighbour> all() {
        return socket.dump(
                new Request(
                        RequestType.RTM_GETNEIGH, () -> "all neighbours", message -> message.struct(ndmsg.layout())),
                NeighbourDecoder::neighbour);
    }

    /** All entries of both families, with their states, also those whose hardware address is not known. */
    public List<NeighbourState> states() {
        return socket.dump(
                new Request(
                        RequestType.RTM_GETNEIGH,
                        () -> "all neighbours' states",
                        message -> message.struct(ndmsg.layout())),
                NeighbourDecoder::state);
    }

    /** What all bridges have learnt, or were told. */
    public List<ForwardingEntry> forwardingEntries() {
        return socket.dump(
                new Request(
                        RequestType.RTM_GETNEIGH,
                        () -> "all bridges' forwarding entries",
                        message -> ndmsg.ndm_family(message.struct(ndmsg.layout()), (byte) AF_BRIDGE())),
                NeighbourDecoder::forwardingEntry);
    }
}
