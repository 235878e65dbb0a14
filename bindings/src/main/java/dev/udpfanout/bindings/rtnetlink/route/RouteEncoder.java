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
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RT_TABLE_UNSPEC;

import dev.udpfanout.bindings.generated.rtnetlink.rtmsg;
import dev.udpfanout.bindings.rtnetlink.netlink.InternetAddress;
import dev.udpfanout.bindings.rtnetlink.netlink.MessageBuilder;
import java.lang.foreign.MemorySegment;

/** Writes what describes a route, to add it or to remove it. */
public final class RouteEncoder {
    private static final int MAX_TABLE_IN_HEADER = 255;

    private RouteEncoder() {}

    public static void encode(MessageBuilder message, Route route) {
        int family = InternetAddress.family(route.destination());
        MemorySegment header = message.struct(rtmsg.layout());
        rtmsg.rtm_family(header, (byte) family);
        rtmsg.rtm_dst_len(header, (byte) route.prefixLength());
        rtmsg.rtm_table(header, (byte) (fitsHeader(route.table()) ? route.table() : RT_TABLE_UNSPEC()));
        rtmsg.rtm_protocol(header, (byte) route.protocol().number());
        rtmsg.rtm_scope(header, (byte) route.scope().number());
        rtmsg.rtm_type(header, (byte) route.type().number());
        if (route.prefixLength() > 0) {
            message.putAddress(RTA_DST(), route.destination());
        }
        message.putInt(RTA_TABLE(), route.table());
        route.linkIndex().ifPresent(index -> message.putInt(RTA_OIF(), index));
        route.gateway().ifPresent(gateway -> {
            if (InternetAddress.family(gateway) == family) {
                message.putAddress(RTA_GATEWAY(), gateway);
            } else {
                message.put(RTA_VIA(), GatewayOfOtherFamily.encode(gateway));
            }
        });
        if (route.priority() != 0) {
            message.putInt(RTA_PRIORITY(), route.priority());
        }
        route.preferredSource().ifPresent(source -> message.putAddress(RTA_PREFSRC(), source));
        route.lockedMtuBytes()
                .ifPresent(mtu -> message.nest(RTA_METRICS(), metrics -> metrics.putInt(RTAX_LOCK(), 1 << RTAX_MTU())
                        .putInt(RTAX_MTU(), mtu)));
    }

    private static boolean fitsHeader(int table) {
        return table >= 0 && table <= MAX_TABLE_IN_HEADER;
    }
}
