package dev.udpfanout.bindings.rtnetlink.tc;

import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.TCA_BPF_ID;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.TCA_BPF_NAME;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.TCA_CHAIN;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.TCA_KIND;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.TCA_OPTIONS;

import dev.udpfanout.bindings.generated.rtnetlink.tcmsg;
import dev.udpfanout.bindings.rtnetlink.netlink.Attributes;
import dev.udpfanout.bindings.rtnetlink.netlink.Message;
import dev.udpfanout.bindings.rtnetlink.netlink.NetworkOrder;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** Reads RTM_NEWTFILTER and RTM_DELTFILTER. */
public final class TcFilterDecoder {
    private static final String BPF = "bpf";

    private TcFilterDecoder() {}

    /** The filter; empty if it hangs on another qdisc than ingress or clsact. */
    public static Optional<TcFilter> decode(Message message) {
        MemorySegment header = message.struct(tcmsg.layout());
        return TcHook.of(tcmsg.tcm_parent(header)).map(hook -> decode(message, tcmsg.tcm_ifindex(header), hook));
    }

    /** Whether the kernel names a hook, and it is not this one. Of a block that links share it names none. */
    public static boolean isAtOtherHook(Message message, TcHook hook) {
        return TcHook.of(tcmsg.tcm_parent(message.struct(tcmsg.layout())))
                .filter(named -> named != hook)
                .isPresent();
    }

    /**
     * The filter, of a link and hook that are known: the kernel does not name them for a block that links share
     * (TCM_IFINDEX_MAGIC_BLOCK in linux/rtnetlink.h).
     */
    public static TcFilter decode(Message message, int linkIndex, TcHook hook) {
        MemorySegment header = message.struct(tcmsg.layout());
        Attributes attributes = message.attributes(tcmsg.layout());
        String kind = attributes.string(TCA_KIND()).orElse("");
        // Each kind gives the numbers in TCA_OPTIONS a meaning of its own.
        Attributes bpf = kind.equals(BPF) ? attributes.nested(TCA_OPTIONS()) : Attributes.NONE;
        int info = tcmsg.tcm_info(header);
        return new TcFilter(
                linkIndex,
                hook,
                info >>> Short.SIZE,
                NetworkOrder.swapped16(info),
                tcmsg.tcm_handle(header),
                attributes.number(TCA_CHAIN()).orElse(0),
                kind,
                bpf.string(TCA_BPF_NAME()).orElse(""),
                bpf.number(TCA_BPF_ID()));
    }
}
