package dev.udpfanout.loader.datapath.network;

import dev.udpfanout.bindings.rtnetlink.address.InterfaceAddress;
import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.bindings.rtnetlink.route.Route;
import dev.udpfanout.bindings.rtnetlink.route.RouteProtocol;
import dev.udpfanout.bindings.rtnetlink.route.RouteType;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The routes that bring a DNATed datagram to a dummy interface. The kernel gives an assigned address a route in the
 * table {@code local}, and a datagram to it is delivered on the spot: no TC hook of the interface ever sees it. So that
 * route goes, and one that leads out of the interface takes its place; the datagram is then forwarded, and passes the
 * hooks.
 */
public final class Steering {
    /**
     * Marks our routes, for {@code ip route} and for whoever cleans up after a crash ('u'; rtnetlink(7) leaves it
     * free).
     */
    public static final RouteProtocol PROTOCOL = new RouteProtocol(117);

    private static final Logger LOG = LoggerFactory.getLogger(Steering.class);

    private final Network network;
    private final RepairLog repairs;
    private final Set<InetAddress> steered = new HashSet<>();
    private final Set<InetAddress> localRouteOwed = new HashSet<>();

    public Steering(Network network, RepairLog repairs) {
        this.network = network;
        this.repairs = repairs;
    }

    /** Steers the addresses to the interface; does nothing where they are. */
    public void ensure(Link link, Iterable<InetAddress> addresses) {
        List<Route> routes = network.routes().all();
        for (InetAddress address : addresses) {
            boolean wasSteered = steered.contains(address);
            // The new route first: while both are there the local one wins, and at no moment is there none.
            boolean added = ensureLinkRoute(link, address, routes);
            boolean removed = removeLocalRoute(link, address, routes);
            steered.add(address);
            if (wasSteered) {
                reportRepairs(link, added, removed);
            } else if (added || removed) {
                LOG.atInfo()
                        .addKeyValue("interface", link.name())
                        .addKeyValue("address", address.getHostAddress())
                        .log("steered address to dummy interface");
            }
        }
    }

    private void reportRepairs(Link link, boolean added, boolean removed) {
        if (added) {
            repairs.repaired(Repair.LINK_ROUTE_ADDED, link.name());
        }
        if (removed) {
            repairs.repaired(Repair.LOCAL_ROUTE_REMOVED, link.name());
        }
    }

    private boolean ensureLinkRoute(Link link, InetAddress address, List<Route> routes) {
        Optional<Route> present = routes.stream()
                .filter(route -> isLinkRoute(route, link.index(), address))
                .findFirst();
        if (present.isPresent()) {
            if (present.get().protocol().equals(PROTOCOL)) {
                localRouteOwed.add(address);
            }
            return false;
        }
        network.routes().replace(linkRoute(link.index(), address));
        return true;
    }

    private boolean removeLocalRoute(Link link, InetAddress address, List<Route> routes) {
        boolean removed = false;
        for (Route route : routes) {
            if (HostAddress.isLocalRoute(route, link.index(), address)) {
                network.routes().remove(route);
                localRouteOwed.add(address);
                removed = true;
            }
        }
        return removed;
    }

    /** Puts the routes back: the local ones that we took away, and none of ours stays. */
    public void undo(String interfaceName) {
        Optional<Link> link = network.links().byName(interfaceName);
        if (link.isPresent()) {
            undo(network, link.get(), localRouteOwed);
        }
        steered.clear();
        localRouteOwed.clear();
    }

    /**
     * Takes our routes past an interface's hooks away and gives addresses their local routes back. What leads ranges to
     * sockets stays.
     *
     * @param localRouteOwed addresses that had one
     */
    public static void undo(Network network, Link link, Set<InetAddress> localRouteOwed) {
        List<Route> routes = network.routes().all();
        List<InetAddress> assigned = network.addresses().of(link.index()).stream()
                .map(InterfaceAddress::address)
                .toList();
        for (InetAddress address : localRouteOwed) {
            boolean isThere = HostAddress.hasLocalRoute(routes, link.index(), address);
            if (!isThere && link.up() && assigned.contains(address)) {
                HostAddress.restoreLocalRoute(network, link, address);
            }
        }
        for (Route route : routes) {
            if (isOurs(route, link.index()) && route.table() == Route.MAIN_TABLE) {
                network.routes().remove(route);
            }
        }
    }

    public static boolean isOurs(Route route, int linkIndex) {
        return route.protocol().equals(PROTOCOL) && route.linkIndex().equals(OptionalInt.of(linkIndex));
    }

    private static Route linkRoute(int linkIndex, InetAddress address) {
        Route route = Route.onLink(address, HostAddress.bits(address), linkIndex);
        return new Route(
                route.table(),
                route.type(),
                route.destination(),
                route.prefixLength(),
                route.linkIndex(),
                route.gateway(),
                route.priority(),
                route.scope(),
                PROTOCOL,
                route.preferredSource());
    }

    /** With an IPv6 address the kernel makes a route of its own that would do; ours stands beside it, as the mark. */
    private static boolean isLinkRoute(Route route, int linkIndex, InetAddress address) {
        return route.table() == Route.MAIN_TABLE
                && route.type() == RouteType.UNICAST
                && (address instanceof Inet4Address || route.protocol().equals(PROTOCOL))
                && HostAddress.isTo(route, linkIndex, address);
    }
}
