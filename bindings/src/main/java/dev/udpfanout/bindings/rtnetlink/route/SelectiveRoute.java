package dev.udpfanout.bindings.rtnetlink.route;

import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTA_DST;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTA_OIF;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTA_SRC;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTA_TABLE;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTM_F_CLONED;

import dev.udpfanout.bindings.generated.rtnetlink.rtmsg;
import dev.udpfanout.bindings.rtnetlink.netlink.Attributes;
import dev.udpfanout.bindings.rtnetlink.netlink.InternetAddress;
import dev.udpfanout.bindings.rtnetlink.netlink.Message;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.util.Optional;

/**
 * A route by which packets to one destination may go different ways, or not at all: ip-route(8).
 *
 * @param table its table's number
 * @param destination the network's address
 * @param prefixLength of the destination, in bits
 * @param looksAt what it looks at
 */
public record SelectiveRoute(int table, InetAddress destination, int prefixLength, Selector looksAt) {
    /** What a route can look at beside the destination. */
    public enum Selector {
        /** IPv6: {@code from} (CONFIG_IPV6_SUBTREES). */
        SOURCE("the source"),
        TOS("the TOS"),
        /** Several next hops: which is chosen follows from a hash of addresses, and of ports where a sysctl says so. */
        NEXT_HOPS("the flow, for it has several next hops");

        private final String words;

        Selector(String words) {
            this.words = words;
        }

        /** For people. */
        public String words() {
            return words;
        }
    }

    private static final int RTA_MULTIPATH = 9; // linux/rtnetlink.h

    /** The route; empty if it is the same for all packets to its destination. */
    static Optional<SelectiveRoute> decode(Message message) {
        MemorySegment header = message.struct(rtmsg.layout());
        int family = Byte.toUnsignedInt(rtmsg.rtm_family(header));
        if (!InternetAddress.isFamily(family) || (rtmsg.rtm_flags(header) & RTM_F_CLONED()) != 0) {
            return Optional.empty();
        }
        Attributes attributes = message.attributes(rtmsg.layout());
        return selector(header, attributes)
                .map(selector -> new SelectiveRoute(
                        attributes.number(RTA_TABLE()).orElse(Byte.toUnsignedInt(rtmsg.rtm_table(header))),
                        attributes
                                .bytes(RTA_DST())
                                .map(bytes -> InternetAddress.decode(family, bytes))
                                .orElseGet(() -> InternetAddress.any(family)),
                        Byte.toUnsignedInt(rtmsg.rtm_dst_len(header)),
                        selector));
    }

    /** A group of next hops need not be spelt out: the sysctl nexthop_compat_mode; it has no interface then. */
    private static Optional<Selector> selector(MemorySegment header, Attributes attributes) {
        if (rtmsg.rtm_src_len(header) != 0 || attributes.bytes(RTA_SRC()).isPresent()) {
            return Optional.of(Selector.SOURCE);
        }
        if (rtmsg.rtm_tos(header) != 0) {
            return Optional.of(Selector.TOS);
        }
        boolean isUnicast = RouteType.of(Byte.toUnsignedInt(rtmsg.rtm_type(header))) == RouteType.UNICAST;
        boolean hasSeveral = attributes.bytes(RTA_MULTIPATH).isPresent()
                || attributes.bytes(RTA_OIF()).isEmpty();
        return isUnicast && hasSeveral ? Optional.of(Selector.NEXT_HOPS) : Optional.empty();
    }
}
