package dev.udpfanout.loader.links;

import dev.udpfanout.bindings.rtnetlink.RtnetlinkSocket;
import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.bindings.rtnetlink.link.Links;
import dev.udpfanout.bindings.rtnetlink.neighbour.ForwardingEntry;
import dev.udpfanout.bindings.rtnetlink.neighbour.Neighbour;
import dev.udpfanout.bindings.rtnetlink.neighbour.Neighbours;
import dev.udpfanout.bindings.rtnetlink.route.Route;
import dev.udpfanout.bindings.rtnetlink.route.Routes;
import java.util.List;

/**
 * What a network namespace held at about one moment: the lists are read one after the other.
 *
 * @param links all of them
 * @param routes of all tables
 * @param neighbours whose hardware address is known
 * @param forwarding what bridges have learnt
 */
public record NetworkTables(
        List<Link> links, List<Route> routes, List<Neighbour> neighbours, List<ForwardingEntry> forwarding) {
    public NetworkTables {
        links = List.copyOf(links);
        routes = List.copyOf(routes);
        neighbours = List.copyOf(neighbours);
        forwarding = List.copyOf(forwarding);
    }

    /** Reads them; links come last, so that a link that the others name and that is gone by then is missing. */
    public static NetworkTables read(RtnetlinkSocket socket) {
        Neighbours neighbours = new Neighbours(socket);
        List<Route> routes = new Routes(socket).all();
        List<Neighbour> hosts = neighbours.all();
        List<ForwardingEntry> forwarding = neighbours.forwardingEntries();
        return new NetworkTables(new Links(socket).all(), routes, hosts, forwarding);
    }
}
