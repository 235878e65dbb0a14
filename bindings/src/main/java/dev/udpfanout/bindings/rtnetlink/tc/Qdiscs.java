package dev.udpfanout.bindings.rtnetlink.tc;

import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.NLM_F_CREATE;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.NLM_F_EXCL;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.TCA_KIND;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.TC_H_CLSACT;

import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.generated.rtnetlink.tcmsg;
import dev.udpfanout.bindings.rtnetlink.Request;
import dev.udpfanout.bindings.rtnetlink.RequestType;
import dev.udpfanout.bindings.rtnetlink.RtnetlinkSocket;
import dev.udpfanout.bindings.rtnetlink.link.LinkLabel;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Queueing disciplines in the socket's namespace: {@code RTM_*QDISC} of rtnetlink(7). Changes need CAP_NET_ADMIN. */
public final class Qdiscs {
    private static final int CLSACT_HANDLE = TC_H_CLSACT() & 0xFFFF_0000;

    private final RtnetlinkSocket socket;

    public Qdiscs(RtnetlinkSocket socket) {
        this.socket = socket;
    }

    /** The qdiscs of all links, without the invisible default ones. */
    public List<Qdisc> all() {
        return socket.dump(
                new Request(RequestType.RTM_GETQDISC, () -> "all qdiscs", message -> message.struct(tcmsg.layout())),
                QdiscDecoder::decode);
    }

    /** The qdiscs of one link; none if there is no such link. */
    public List<Qdisc> of(int linkIndex) {
        return all().stream().filter(qdisc -> qdisc.linkIndex() == linkIndex).toList();
    }

    /**
     * {@code tc qdisc add dev LINK clsact}: gives the link its two hooks.
     *
     * @throws SystemCallException EEXIST if it has a clsact, ENODEV if there is no such link, and whatever the kernel
     *     says if it has an ingress qdisc, which takes the same place
     */
    public void addClsact(int linkIndex) {
        socket.execute(clsact(RequestType.RTM_NEWQDISC, NLM_F_CREATE() | NLM_F_EXCL(), linkIndex));
    }

    /**
     * {@code tc qdisc del dev LINK clsact}: takes the hooks away <em>with every filter in them</em>, anybody's. Look
     * with {@link TcFilters} first.
     *
     * @throws SystemCallException EINVAL if it has no clsact, ENODEV if there is no such link
     */
    public void deleteClsact(int linkIndex) {
        socket.execute(clsact(RequestType.RTM_DELQDISC, 0, linkIndex));
    }

    private Request clsact(RequestType type, int flags, int linkIndex) {
        return new Request(type, flags, () -> "clsact dev " + LinkLabel.of(socket, linkIndex), message -> {
            MemorySegment header = message.struct(tcmsg.layout());
            tcmsg.tcm_ifindex(header, linkIndex);
            tcmsg.tcm_handle(header, CLSACT_HANDLE);
            tcmsg.tcm_parent(header, TC_H_CLSACT());
            message.putString(TCA_KIND(), Qdisc.CLSACT);
        });
    }
}
