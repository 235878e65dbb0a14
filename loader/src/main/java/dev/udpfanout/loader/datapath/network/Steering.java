package dev.udpfanout.loader.datapath.network;

import dev.udpfanout.bindings.rtnetlink.address.InterfaceAddress;
import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.bindings.rtnetlink.route.Route;
import dev.udpfanout.bindings.rtnetlink.route.RouteProtocol;
import dev.udpfanout.bindings.rtnetlink.route.RouteType;
import dev.udpfanout.loader.config.AddressText;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The routes that bring a DNATed datagram to a dummy interface. The kernel gives an assigned address a route in the
 * table {@code local}, and a datagram to it is delivered on the spot: no TC hook of the interface ever sees it. So that
 * route goes, and one that leads out of the interface takes its place; the datagram is then forwarded, and passes the
 * hooks. For IPv4 a {@link LeadingRoute} keeps the kernel's route without effect when it comes back.
 */
public final class Steering {
    /**
     * Marks our routes, for {@code ip route} and for whoever cleans up after a crash ('u'; rtnetlink(7) leaves it
     * free).
     */
    public static final RouteProtocol PROTOCOL = new RouteProtocol(117);

    private static final Logger LOG = LoggerFactory.getLogger(Steering.class);

    /**
     * Less than IP6_RT_PRIO_ADDRCONF of linux/ipv6_route.h, 256, which the kernel's own route to an address has: of the
     * two, ours must be the one that counts, since it has the MTU.
     */
    private static final int IPV6_PRIORITY = 117;

    private final Network network;
    private final RepairLog repairs;
    /** Each with the MTU that its route was given. */
    private final Map<InetAddress, OptionalInt> steered = new HashMap<>();

    private final Set<InetAddress> localRouteOwed = new HashSet<>();

    public Steering(Network network, RepairLog repairs) {
        this.network = network;
        this.repairs = repairs;
    }

    /** As below, with the interface's MTU. */
    public void ensure(Link link, Iterable<InetAddress> addresses) {
        ensure(link, addresses, address -> OptionalInt.empty());
    }

    /**
     * Steers the addresses to the interface; does nothing where they are.
     *
     * @param pathMtu the MTU on the way to an address's endpoints, in bytes. If it is less than the interface's, the
     *     address's route says so: then the stack itself cuts what is larger, or answers it, before the program sees it
     */
    public void ensure(Link link, Iterable<InetAddress> addresses, Function<InetAddress, OptionalInt> pathMtu) {
        List<Route> routes = network.routes().all();
        for (InetAddress address : addresses) {
            OptionalInt mtu = RouteMtu.below(link, address, pathMtu.apply(address));
            boolean wasSteered = steered.containsKey(address);
            // The new routes first: at no moment is there none.
            Route wanted = linkRoute(link.index(), address).withLockedMtu(mtu);
            boolean added = LeadingRoute.ensure(network, link, routes, wanted);
            added |= ensureLinkRoute(link, wanted, mtu, routes);
            boolean removed = removeLocalRoute(link, address, routes);
            LeadingRoute.setMtu(network, link, routes, wanted);
            steered.put(address, mtu);
            if (wasSteered) {
                reportRepairs(link, added, removed);
            } else if (added || removed) {
                LOG.atInfo()
                        .addKeyValue("interface", link.name())
                        .addKeyValue("address", AddressText.of(address))
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

    private boolean ensureLinkRoute(Link link, Route wanted, OptionalInt mtu, List<Route> routes) {
        InetAddress address = wanted.destination();
        List<Route> present = routes.stream()
                .filter(route -> isLinkRoute(route, link.index(), address))
                .toList();
        if (present.isEmpty()) {
            network.routes().replace(wanted);
            return true;
        }
        List<Route> ours = present.stream()
                .filter(route -> route.protocol().equals(PROTOCOL))
                .toList();
        if (ours.isEmpty()) {
            return false;
        }
        localRouteOwed.add(address);
        if (ours.stream().noneMatch(route -> isAsWanted(route, wanted))) {
            network.routes().replace(wanted);
            if (mtu.equals(steered.get(address))) {
                repairs.repaired(Repair.LINK_ROUTE_MTU_SET, link.name());
            }
        }
        // One of a version before this one.
        ours.stream().filter(route -> route.priority() != wanted.priority()).forEach(network.routes()::remove);
        return false;
    }

    private static boolean isAsWanted(Route route, Route wanted) {
        return route.priority() == wanted.priority() && route.lockedMtuBytes().equals(wanted.lockedMtuBytes());
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
        // Anew: the kernel takes one away itself with an IPv6 address that is assigned again.
        for (Route route : network.routes().all()) {
            if (isPastHooks(route, link.index())) {
                network.routes().remove(route);
            }
        }
    }

    /** Whether a route is of ours and leads out of an interface, past its hooks, in whatever table. */
    public static boolean isPastHooks(Route route, int linkIndex) {
        return isOurs(route, linkIndex) && route.type() == RouteType.UNICAST;
    }

    public static boolean isOurs(Route route, int linkIndex) {
        return route.protocol().equals(PROTOCOL) && route.linkIndex().equals(OptionalInt.of(linkIndex));
    }

    private static Route linkRoute(int linkIndex, InetAddress address) {
        Route route = Route.onLink(address, HostAddress.bits(address), linkIndex);
        int priority = address instanceof Inet4Address ? route.priority() : IPV6_PRIORITY;
        return new Route(
                route.table(),
                route.type(),
                route.destination(),
                route.prefixLength(),
                route.linkIndex(),
                route.gateway(),
                priority,
                route.scope(),
                PROTOCOL,
                route.preferredSource(),
                OptionalInt.empty(),
                List.of());
    }

    /** With an IPv6 address the kernel makes a route of its own; ours stands beside it, and counts. */
    private static boolean isLinkRoute(Route route, int linkIndex, InetAddress address) {
        return route.table() == Route.MAIN_TABLE
                && route.type() == RouteType.UNICAST
                && (address instanceof Inet4Address || route.protocol().equals(PROTOCOL))
                && HostAddress.isTo(route, linkIndex, address);
    }
}
