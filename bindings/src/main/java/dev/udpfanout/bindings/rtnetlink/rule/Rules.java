package dev.udpfanout.bindings.rtnetlink.rule;

import dev.udpfanout.bindings.generated.rtnetlink.rtmsg;
import dev.udpfanout.bindings.rtnetlink.Request;
import dev.udpfanout.bindings.rtnetlink.RequestType;
import dev.udpfanout.bindings.rtnetlink.RtnetlinkSocket;
import java.util.List;

/** IPv4 and IPv6 policy rules of the socket's namespace: {@code RTM_GETRULE} of rtnetlink(7). Needs no privilege. */
public final class Rules {
    private final RtnetlinkSocket socket;

    public Rules(RtnetlinkSocket socket) {
        this.socket = socket;
    }

    /** All rules of both families. */
    public List<Rule> all() {
        return socket.dump(
                new Request(RequestType.RTM_GETRULE, () -> "all rules", message -> message.struct(rtmsg.layout())),
                RuleDecoder::decode);
    }
}
