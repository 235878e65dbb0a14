package dev.udpfanout.bindings.rtnetlink.tc;

import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.TCA_KIND;

import dev.udpfanout.bindings.generated.rtnetlink.tcmsg;
import dev.udpfanout.bindings.rtnetlink.netlink.Message;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** Reads RTM_NEWQDISC and RTM_DELQDISC. */
public final class QdiscDecoder {
    private QdiscDecoder() {}

    public static Optional<Qdisc> decode(Message message) {
        MemorySegment header = message.struct(tcmsg.layout());
        return Optional.of(new Qdisc(
                tcmsg.tcm_ifindex(header),
                tcmsg.tcm_handle(header),
                tcmsg.tcm_parent(header),
                message.attributes(tcmsg.layout()).string(TCA_KIND()).orElse("")));
    }
}
