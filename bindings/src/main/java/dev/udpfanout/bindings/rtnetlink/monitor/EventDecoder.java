package dev.udpfanout.bindings.rtnetlink.monitor;

import static dev.udpfanout.bindings.generated.libc.Libc.AF_INET6;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTM_DELADDR;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTM_DELLINK;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTM_DELNEIGH;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTM_DELNEXTHOP;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTM_DELQDISC;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTM_DELROUTE;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTM_DELRULE;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTM_DELTFILTER;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTM_NEWADDR;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTM_NEWLINK;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTM_NEWNEIGH;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTM_NEWNEXTHOP;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTM_NEWQDISC;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTM_NEWROUTE;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTM_NEWRULE;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTM_NEWTFILTER;

import dev.udpfanout.bindings.generated.rtnetlink.ifinfomsg;
import dev.udpfanout.bindings.rtnetlink.address.AddressDecoder;
import dev.udpfanout.bindings.rtnetlink.link.LinkDecoder;
import dev.udpfanout.bindings.rtnetlink.netlink.Message;
import dev.udpfanout.bindings.rtnetlink.route.RouteDecoder;
import dev.udpfanout.bindings.rtnetlink.tc.QdiscDecoder;
import dev.udpfanout.bindings.rtnetlink.tc.TcFilterDecoder;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Turns a notification into an event. */
final class EventDecoder {
    private static final Map<Integer, Function<Message, Optional<? extends Event>>> BY_TYPE = Map.ofEntries(
            Map.entry(RTM_NEWLINK(), EventDecoder::link),
            Map.entry(RTM_DELLINK(), message -> LinkDecoder.decode(message)
                    .map(link -> new Event.LinkRemoved(link.index(), link.name()))),
            Map.entry(RTM_NEWADDR(), message -> AddressDecoder.decode(message).map(Event.AddressAdded::new)),
            Map.entry(RTM_DELADDR(), message -> AddressDecoder.decode(message).map(Event.AddressRemoved::new)),
            Map.entry(RTM_NEWROUTE(), message -> RouteDecoder.decode(message).map(Event.RouteAdded::new)),
            Map.entry(RTM_DELROUTE(), message -> RouteDecoder.decode(message).map(Event.RouteRemoved::new)),
            Map.entry(RTM_NEWNEIGH(), message -> Optional.of(Event.NeighboursChanged.INSTANCE)),
            Map.entry(RTM_DELNEIGH(), message -> Optional.of(Event.NeighboursChanged.INSTANCE)),
            Map.entry(RTM_NEWRULE(), message -> Optional.of(Event.RoutingChanged.INSTANCE)),
            Map.entry(RTM_DELRULE(), message -> Optional.of(Event.RoutingChanged.INSTANCE)),
            Map.entry(RTM_NEWNEXTHOP(), message -> Optional.of(Event.RoutingChanged.INSTANCE)),
            Map.entry(RTM_DELNEXTHOP(), message -> Optional.of(Event.RoutingChanged.INSTANCE)),
            Map.entry(RTM_NEWQDISC(), message -> QdiscDecoder.decode(message).map(Event.QdiscAdded::new)),
            Map.entry(RTM_DELQDISC(), message -> QdiscDecoder.decode(message).map(Event.QdiscRemoved::new)),
            Map.entry(
                    RTM_NEWTFILTER(), message -> TcFilterDecoder.decode(message).map(Event.FilterAdded::new)),
            Map.entry(
                    RTM_DELTFILTER(), message -> TcFilterDecoder.decode(message).map(Event.FilterRemoved::new)));

    private EventDecoder() {}

    /** One of family AF_INET6 is about the link's IPv6 settings: inet6_ifinfo_notify in net/ipv6/addrconf.c. */
    private static Optional<? extends Event> link(Message message) {
        int family = ifinfomsg.ifi_family(message.struct(ifinfomsg.layout()));
        return family == AF_INET6()
                ? Optional.of(Event.RoutingChanged.INSTANCE)
                : LinkDecoder.decode(message).map(Event.LinkChanged::new);
    }

    /** The event; empty for what nobody here asks about, such as a class of a qdisc. */
    static Optional<? extends Event> decode(Message message) {
        return BY_TYPE.getOrDefault(message.type(), ignored -> Optional.empty()).apply(message);
    }
}
