package dev.udpfanout.bindings.rtnetlink.monitor;

import dev.udpfanout.bindings.rtnetlink.address.InterfaceAddress;
import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.bindings.rtnetlink.link.Links;
import dev.udpfanout.bindings.rtnetlink.neighbour.Neighbours;
import dev.udpfanout.bindings.rtnetlink.route.Route;
import dev.udpfanout.bindings.rtnetlink.route.Routes;
import dev.udpfanout.bindings.rtnetlink.tc.Qdisc;
import dev.udpfanout.bindings.rtnetlink.tc.TcFilter;

/**
 * What {@link RouteMonitor} reports. "Added" also means changed: the kernel uses one message for both.
 *
 * <p>Some changes have no event of their own: an IPv4 route that goes because its link goes down (watch
 * {@link LinkChanged}), and a filter that goes with its qdisc (watch {@link QdiscRemoved}).
 */
public sealed interface Event {
    /** A link was made or changed. */
    record LinkChanged(Link link) implements Event {}

    /** A link was deleted, or moved to another network namespace. */
    record LinkRemoved(int index, String name) implements Event {}

    record AddressAdded(InterfaceAddress address) implements Event {}

    record AddressRemoved(InterfaceAddress address) implements Event {}

    record RouteAdded(Route route) implements Event {}

    record RouteRemoved(Route route) implements Event {}

    /**
     * A neighbour's entry, or a bridge's forwarding entry, was made, changed or removed: {@link Neighbours} tells what
     * there is. Only from a monitor that was opened with {@link RouteMonitor#openWithNeighbours()}.
     */
    record NeighboursChanged() implements Event {
        static final NeighboursChanged INSTANCE = new NeighboursChanged();
    }

    /**
     * A routing rule, a next hop object, or a link's IPv6 settings were made, changed or removed: {@link Routes#chosen}
     * and {@link Links} tell what there is.
     */
    record RoutingChanged() implements Event {
        static final RoutingChanged INSTANCE = new RoutingChanged();
    }

    record QdiscAdded(Qdisc qdisc) implements Event {}

    record QdiscRemoved(Qdisc qdisc) implements Event {}

    record FilterAdded(TcFilter filter) implements Event {}

    record FilterRemoved(TcFilter filter) implements Event {}

    /**
     * Events were lost. List again what you hold: whatever that shows is newer than all that was lost, and the events
     * that follow this one are newer than what was lost.
     *
     * @param reason for the log, for example {@code ENOBUFS}
     */
    record Overrun(String reason) implements Event {}
}
