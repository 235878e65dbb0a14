package dev.udpfanout.bindings.rtnetlink.route;

import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTAX_MTU;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTA_GATEWAY;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTA_METRICS;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTA_OIF;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTA_TABLE;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTA_VIA;

import dev.udpfanout.bindings.generated.rtnetlink.rtmsg;
import dev.udpfanout.bindings.rtnetlink.netlink.Attributes;
import dev.udpfanout.bindings.rtnetlink.netlink.InternetAddress;
import dev.udpfanout.bindings.rtnetlink.netlink.Message;
import java.net.InetAddress;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the kernel chose for one destination: the answer of {@code ip route get}, after rules, next hops and the entries
 * of the route cache. Source: rt_fill_info in net/ipv4/route.c, rt6_fill_node in net/ipv6/route.c.
 *
 * @param type what becomes of packets to it
 * @param linkIndex the link by which they leave
 * @param gateway the next router; empty if the destination is on the link, or if there is none
 * @param mtuBytes the route's MTU, or a path MTU that was learnt and has not expired; empty if only the link's counts
 */
public record ChosenRoute(RouteType type, OptionalInt linkIndex, Optional<InetAddress> gateway, OptionalInt mtuBytes) {

    static Optional<ChosenRoute> decode(Message message) {
        int family = Byte.toUnsignedInt(rtmsg.rtm_family(message.struct(rtmsg.layout())));
        if (!InternetAddress.isFamily(family)) {
            return Optional.empty();
        }
        Attributes attributes = message.attributes(rtmsg.layout());
        return Optional.of(new ChosenRoute(
                RouteType.of(Byte.toUnsignedInt(rtmsg.rtm_type(message.struct(rtmsg.layout())))),
                attributes.number(RTA_OIF()),
                attributes
                        .bytes(RTA_GATEWAY())
                        .map(bytes -> InternetAddress.decode(family, bytes))
                        .or(() -> attributes.bytes(RTA_VIA()).flatMap(GatewayOfOtherFamily::decode)),
                attributes.nested(RTA_METRICS()).number(RTAX_MTU())));
    }

    /** The table that decided: RTA_TABLE, which has all 32 bits of its number. */
    static int table(Message message) {
        return message.attributes(rtmsg.layout()).number(RTA_TABLE()).orElse(0);
    }
}
