package dev.udpfanout.bindings.rtnetlink.tc;

import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.TCA_CHAIN;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.TCA_KIND;

import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.generated.rtnetlink.tcmsg;
import dev.udpfanout.bindings.rtnetlink.Request;
import dev.udpfanout.bindings.rtnetlink.RequestType;
import dev.udpfanout.bindings.rtnetlink.RtnetlinkSocket;
import dev.udpfanout.bindings.rtnetlink.link.LinkLabel;
import dev.udpfanout.bindings.rtnetlink.netlink.NetworkOrder;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/**
 * Filters at the hooks of a link's clsact (or ingress) qdisc: {@code RTM_*TFILTER} of rtnetlink(7). Programs attached
 * by TCX links are not among them. Changes need CAP_NET_ADMIN.
 */
public final class TcFilters {
    private final RtnetlinkSocket socket;

    public TcFilters(RtnetlinkSocket socket) {
        this.socket = socket;
    }

    /**
     * The filters at one hook, in all chains; none if there is no such hook or no such link. The kernel also lists each
     * classifier by itself, with handle 0: that stands here only where nothing else shows that the classifier is there.
     * An ingress qdisc it asks for both hooks, and answers the same (net/sched/sch_ingress.c): what it says of another
     * hook is left out.
     */
    public List<TcFilter> of(int linkIndex, TcHook hook) {
        Request request = new Request(
                RequestType.RTM_GETTFILTER,
                () -> "filters of " + LinkLabel.of(socket, linkIndex) + " " + label(hook),
                message -> {
                    MemorySegment header = message.struct(tcmsg.layout());
                    tcmsg.tcm_ifindex(header, linkIndex);
                    tcmsg.tcm_parent(header, hook.parent());
                });
        List<TcFilter> listed = socket.dump(
                request,
                message -> TcFilterDecoder.isAtOtherHook(message, hook)
                        ? Optional.empty()
                        : Optional.of(TcFilterDecoder.decode(message, linkIndex, hook)));
        return listed.stream()
                .filter(filter -> filter.handle() != 0
                        || listed.stream().noneMatch(other -> other.handle() != 0 && isSameClassifier(filter, other)))
                .toList();
    }

    /**
     * Removes exactly one filter: the one with this link, hook, chain, priority, protocol, handle and kind.
     *
     * @throws SystemCallException ENOENT if there is none, EINVAL if that priority holds another protocol or kind
     * @throws IllegalArgumentException if priority or handle is 0, by which the kernel would understand "every"
     */
    public void delete(TcFilter filter) {
        if (filter.linkIndex() <= 0 || filter.priority() <= 0 || filter.priority() > 0xFFFF || filter.handle() == 0) {
            throw new IllegalArgumentException("not one filter: " + filter);
        }
        socket.execute(new Request(RequestType.RTM_DELTFILTER, () -> label(filter), message -> {
            MemorySegment header = message.struct(tcmsg.layout());
            tcmsg.tcm_ifindex(header, filter.linkIndex());
            tcmsg.tcm_parent(header, filter.hook().parent());
            tcmsg.tcm_handle(header, filter.handle());
            tcmsg.tcm_info(header, filter.priority() << Short.SIZE | NetworkOrder.swapped16(filter.protocol()));
            message.putString(TCA_KIND(), filter.kind());
            message.putInt(TCA_CHAIN(), filter.chain());
        }));
    }

    private static boolean isSameClassifier(TcFilter one, TcFilter other) {
        return one.chain() == other.chain() && one.priority() == other.priority() && one.protocol() == other.protocol();
    }

    private String label(TcFilter filter) {
        return LinkLabel.of(socket, filter.linkIndex()) + " " + label(filter.hook()) + " " + filter.kind() + " pref "
                + filter.priority() + " handle 0x" + Integer.toHexString(filter.handle());
    }

    private static String label(TcHook hook) {
        return hook == TcHook.INGRESS ? "ingress" : "egress";
    }
}
