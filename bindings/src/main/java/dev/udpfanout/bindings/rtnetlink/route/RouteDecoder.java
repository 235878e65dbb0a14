package dev.udpfanout.bindings.rtnetlink.route;

import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTAX_LOCK;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTAX_MTU;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTA_DST;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTA_GATEWAY;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTA_METRICS;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTA_OIF;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTA_PREFSRC;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTA_PRIORITY;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTA_TABLE;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTA_VIA;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTM_F_CLONED;

import dev.udpfanout.bindings.generated.rtnetlink.rtmsg;
import dev.udpfanout.bindings.rtnetlink.address.Scope;
import dev.udpfanout.bindings.rtnetlink.netlink.Attributes;
import dev.udpfanout.bindings.rtnetlink.netlink.InternetAddress;
import dev.udpfanout.bindings.rtnetlink.netlink.MalformedMessageException;
import dev.udpfanout.bindings.rtnetlink.netlink.Message;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads RTM_NEWROUTE and RTM_DELROUTE. */
public final class RouteDecoder {
    private RouteDecoder() {}

    /** The route; empty if it is of another family than IP's, or an entry of the cache and in no table. */
    public static Optional<Route> decode(Message message) {
        MemorySegment header = message.struct(rtmsg.layout());
        int family = Byte.toUnsignedInt(rtmsg.rtm_family(header));
        if (!InternetAddress.isFamily(family) || (rtmsg.rtm_flags(header) & RTM_F_CLONED()) != 0) {
            return Optional.empty();
        }
        int prefixLength = Byte.toUnsignedInt(rtmsg.rtm_dst_len(header));
        if (prefixLength > InternetAddress.bits(family)) {
            throw new MalformedMessageException("a route with a prefix of " + prefixLength + " bits");
        }
        Attributes attributes = message.attributes(rtmsg.layout());
        return Optional.of(new Route(
                attributes.number(RTA_TABLE()).orElse(Byte.toUnsignedInt(rtmsg.rtm_table(header))),
                RouteType.of(Byte.toUnsignedInt(rtmsg.rtm_type(header))),
                address(attributes, RTA_DST(), family).orElseGet(() -> InternetAddress.any(family)),
                prefixLength,
                attributes.number(RTA_OIF()),
                address(attributes, RTA_GATEWAY(), family)
                        .or(() -> attributes.bytes(RTA_VIA()).flatMap(GatewayOfOtherFamily::decode)),
                attributes.number(RTA_PRIORITY()).orElse(0),
                new Scope(Byte.toUnsignedInt(rtmsg.rtm_scope(header))),
                new RouteProtocol(Byte.toUnsignedInt(rtmsg.rtm_protocol(header))),
                address(attributes, RTA_PREFSRC(), family),
                lockedMtu(attributes.nested(RTA_METRICS())),
                NextHops.links(attributes)));
    }

    /** RTAX_LOCK has a bit for each metric that is locked: fib_convert_metrics in net/ipv4/metrics.c. */
    private static OptionalInt lockedMtu(Attributes metrics) {
        boolean isLocked = (metrics.number(RTAX_LOCK()).orElse(0) & 1 << RTAX_MTU()) != 0;
        return isLocked ? metrics.number(RTAX_MTU()) : OptionalInt.empty();
    }

    private static Optional<InetAddress> address(Attributes attributes, int type, int family) {
        return attributes.bytes(type).map(bytes -> InternetAddress.decode(family, bytes));
    }
}
