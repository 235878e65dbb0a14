package dev.udpfanout.loader.links;

import dev.udpfanout.bindings.rtnetlink.address.Scope;
import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.bindings.rtnetlink.neighbour.ForwardingEntry;
import dev.udpfanout.bindings.rtnetlink.neighbour.Neighbour;
import dev.udpfanout.bindings.rtnetlink.route.Route;
import dev.udpfanout.bindings.rtnetlink.route.RouteProtocol;
import dev.udpfanout.bindings.rtnetlink.route.RouteType;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Network tables written by hand. */
final class Tables {
    private final List<Link> links = new ArrayList<>();
    private final List<Route> routes = new ArrayList<>();
    private final List<Neighbour> neighbours = new ArrayList<>();
    private final List<ForwardingEntry> forwarding = new ArrayList<>();

    static Link link(int index, String kind, boolean up, boolean carrier) {
        return new Link(
                index,
                "link" + index,
                kind,
                up,
                carrier,
                false,
                1500,
                1,
                OptionalInt.empty(),
                "",
                OptionalInt.empty(),
                "");
    }

    Tables with(int index, String kind) {
        links.add(link(index, kind, true, true));
        return this;
    }

    Tables with(Link link) {
        links.add(link);
        return this;
    }

    Tables onLink(String network, int prefixLength, int link) {
        routes.add(Route.onLink(InetAddress.ofLiteral(network), prefixLength, link));
        return this;
    }

    Tables via(String network, int prefixLength, int link, String gateway) {
        return via(network, prefixLength, link, gateway, 0);
    }

    Tables via(String network, int prefixLength, int link, String gateway, int metric) {
        routes.add(new Route(
                Route.MAIN_TABLE,
                RouteType.UNICAST,
                InetAddress.ofLiteral(network),
                prefixLength,
                OptionalInt.of(link),
                Optional.of(InetAddress.ofLiteral(gateway)),
                metric,
                Scope.UNIVERSE,
                RouteProtocol.STATIC,
                Optional.empty(),
                OptionalInt.empty(),
                List.of()));
        return this;
    }

    Tables own(String address, int link) {
        routes.add(Route.local(InetAddress.ofLiteral(address), link));
        return this;
    }

    Tables neighbour(int link, String address, String hardwareAddress) {
        neighbours.add(new Neighbour(link, InetAddress.ofLiteral(address), hardwareAddress));
        return this;
    }

    Tables learnt(int bridge, int port, String hardwareAddress) {
        forwarding.add(new ForwardingEntry(bridge, port, hardwareAddress));
        return this;
    }

    NetworkTables done() {
        return new NetworkTables(links, routes, neighbours, forwarding);
    }
}
