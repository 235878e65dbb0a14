package dev.udpfanout.bindings.rtnetlink.monitor;

import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTM_DELADDR;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTM_DELLINK;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTM_DELNEIGH;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTM_DELQDISC;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTM_DELROUTE;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTM_DELTFILTER;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTM_NEWADDR;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTM_NEWLINK;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTM_NEWNEIGH;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTM_NEWQDISC;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTM_NEWROUTE;
import static dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink.RTM_NEWTFILTER;

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
            Map.entry(RTM_NEWLINK(), message -> LinkDecoder.decode(message).map(Event.LinkChanged::new)),
            Map.entry(RTM_DELLINK(), message -> LinkDecoder.decode(message)
                    .map(link -> new Event.LinkRemoved(link.index(), link.name()))),
            Map.entry(RTM_NEWADDR(), message -> AddressDecoder.decode(message).map(Event.AddressAdded::new)),
            Map.entry(RTM_DELADDR(), message -> AddressDecoder.decode(message).map(Event.AddressRemoved::new)),
            Map.entry(RTM_NEWROUTE(), message -> RouteDecoder.decode(message).map(Event.RouteAdded::new)),
            Map.entry(RTM_DELROUTE(), message -> RouteDecoder.decode(message).map(Event.RouteRemoved::new)),
            Map.entry(RTM_NEWNEIGH(), message -> Optional.of(Event.NeighboursChanged.INSTANCE)),
            Map.entry(RTM_DELNEIGH(), message -> Optional.of(Event.NeighboursChanged.INSTANCE)),
            Map.entry(RTM_NEWQDISC(), message -> QdiscDecoder.decode(message).map(Event.QdiscAdded::new)),
            Map.entry(RTM_DELQDISC(), message -> QdiscDecoder.decode(message).map(Event.QdiscRemoved::new)),
            Map.entry(
                    RTM_NEWTFILTER(), message -> TcFilterDecoder.decode(message).map(Event.FilterAdded::new)),
            Map.entry(
                    RTM_DELTFILTER(), message -> TcFilterDecoder.decode(message).map(Event.FilterRemoved::new)));

    private EventDecoder() {}

    /** The event; empty for what nobody here asks about, such as a class of a qdisc. */
    static Optional<? extends Event> decode(Message message) {
        return BY_TYPE.getOrDefault(message.type(), ignored -> Optional.empty()).apply(message);
    }
}
