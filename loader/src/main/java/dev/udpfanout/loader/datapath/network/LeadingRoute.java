package dev.udpfanout.loader.datapath.network;

import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.bindings.rtnetlink.route.Route;
import dev.udpfanout.bindings.rtnetlink.route.RouteType;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.OptionalInt;

/**
 * A route out of a dummy interface in the table {@code local}, before the {@code local} route to the same address. The
 * kernel adds its route whenever the address is assigned or the link comes up, and appends it (fib_magic,
 * net/ipv4/fib_frontend.c): so it stands behind this one and takes no datagram until it is removed. This one also stays
 * when somebody flushes the table {@code main}.
 *
 * <p>IPv6 has no place before the kernel's route: there the smallest metric counts, and 0 is the kernel's alone
 * (ip6_route_info_create, net/ipv6/route.c).
 */
final class LeadingRoute {
    private LeadingRoute() {}

    static boolean isPossible(InetAddress address) {
        return address instanceof Inet4Address;
    }

    /**
     * Puts the route first, if there is none of ours.
     *
     * @param routes all that there are
     * @param wanted the route in the table {@code main}
     * @return whether there was none
     */
    static boolean ensure(Network network, Link link, List<Route> routes, Route wanted) {
        if (!isPossible(wanted.destination())
                || !of(link, routes, wanted.destination()).isEmpty()) {
            return false;
        }
        network.routes().prepend(inLocalTable(wanted));
        return true;
    }

    /**
     * Has the route say the same MTU as the one in the table {@code main}. To be called when no {@code local} route to
     * the address is left: of several routes the kernel replaces the first.
     */
    static void setMtu(Network network, Link link, List<Route> routes, Route wanted) {
        OptionalInt mtu = wanted.lockedMtuBytes();
        if (of(link, routes, wanted.destination()).stream()
                .anyMatch(route -> !route.lockedMtuBytes().equals(mtu))) {
            network.routes().replace(inLocalTable(wanted));
        }
    }

    private static List<Route> of(Link link, List<Route> routes, InetAddress address) {
        return routes.stream()
                .filter(route -> route.table() == Route.LOCAL_TABLE
                        && route.type() == RouteType.UNICAST
                        && Steering.isOurs(route, link.index())
                        && HostAddress.isTo(route, link.index(), address))
                .toList();
    }

    private static Route inLocalTable(Route route) {
        return new Route(
                Route.LOCAL_TABLE,
                route.type(),
                route.destination(),
                route.prefixLength(),
                route.linkIndex(),
                route.gateway(),
                route.priority(),
                route.scope(),
                route.protocol(),
                route.preferredSource(),
                route.lockedMtuBytes(),
                List.of());
    }
}
