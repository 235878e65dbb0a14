package dev.udpfanout.bindings.rtnetlink.neighbour;

import static dev.udpfanout.bindings.generated.libc.Libc.AF_BRIDGE;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.NDA_DST;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.NLM_F_CREATE;

import dev.udpfanout.bindings.generated.rtnetlink.ndmsg;
import dev.udpfanout.bindings.rtnetlink.Request;
import dev.udpfanout.bindings.rtnetlink.RequestType;
import dev.udpfanout.bindings.rtnetlink.RtnetlinkSocket;
import dev.udpfanout.bindings.rtnetlink.link.LinkLabel;
import dev.udpfanout.bindings.rtnetlink.netlink.InternetAddress;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.util.List;

/**
 * Who is on which link: the neighbour tables of IPv4 and IPv6, and the forwarding databases of bridges, of the socket's
 * namespace: {@code RTM_GETNEIGH} of rtnetlink(7). To read them needs no privilege, {@link #resolve} CAP_NET_ADMIN.
 */
public final class Neighbours {
    private static final byte NTF_USE = 0x01; // linux/neighbour.h

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

    /**
     * Has the kernel ask who has an address, as if it had a packet for it, and returns at once: {@code ip neighbour add
     * … use}; neigh_add in net/core/neighbour.c.
     */
    public void resolve(int linkIndex, InetAddress address) {
        socket.execute(new Request(
                RequestType.RTM_NEWNEIGH,
                NLM_F_CREATE(),
                () -> address.getHostAddress() + " dev " + LinkLabel.of(socket, linkIndex),
                message -> {
                    MemorySegment header = message.struct(ndmsg.layout());
                    ndmsg.ndm_family(header, (byte) InternetAddress.family(address));
                    ndmsg.ndm_ifindex(header, linkIndex);
                    ndmsg.ndm_flags(header, NTF_USE);
                    message.putAddress(NDA_DST(), address);
                }));
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
