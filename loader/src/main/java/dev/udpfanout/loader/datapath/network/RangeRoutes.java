package dev.udpfanout.loader.datapath.network;

import dev.udpfanout.bindings.rtnetlink.address.Scope;
import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.bindings.rtnetlink.route.Route;
import dev.udpfanout.bindings.rtnetlink.route.RouteType;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.Prefix;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The routes that lead the ranges out of which nodes publish addresses to a dummy interface: as {@link Steering} and
 * {@link LocalDelivery} do with single addresses. The interface has none of the addresses, so the kernel makes no
 * routes of its own.
 */
public final class RangeRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(RangeRoutes.class);

    /** Where a range is led. */
    public enum Way {
        /** Out of the interface, past its hooks: for the kernel datapath. */
        PAST_HOOKS(Route.MAIN_TABLE, RouteType.UNICAST, Scope.LINK),
        /** Into this node, where sockets take it: for the one in user space. The kernel looks into this table first. */
        TO_SOCKETS(Route.LOCAL_TABLE, RouteType.LOCAL, Scope.HOST);

        private final int table;
        private final RouteType type;
        private final Scope scope;

        Way(int table, RouteType type, Scope scope) {
            this.table = table;
            this.type = type;
            this.scope = scope;
        }

        private Route route(Prefix range, int linkIndex) {
            return new Route(
                    table,
                    type,
                    range.network(),
                    range.bits(),
                    OptionalInt.of(linkIndex),
                    Optional.empty(),
                    0,
                    scope,
                    Steering.PROTOCOL,
                    Optional.empty(),
                    OptionalInt.empty(),
                    List.of());
        }
    }

    private final Network network;
    private final Way way;
    private final RepairLog repairs;
    private final Set<Prefix> inPlace = new HashSet<>();
    private final Set<Prefix> reported = new HashSet<>();

    /** @param repairs told of routes that were in place and have gone since */
    public RangeRoutes(Network network, Way way, RepairLog repairs) {
        this.network = network;
        this.way = way;
        this.repairs = repairs;
    }

    /** As above, where nobody is told. */
    public RangeRoutes(Network network, Way way) {
        this(network, way, new RepairLog());
    }

    /**
     * To be called before anything is set up. What comes to a range later on is no reason to end what works: it is
     * logged.
     *
     * @throws IllegalStateException if a range that is not led anywhere yet is not free on this node; the message has
     *     the mend
     */
    public void requireFree(Collection<Prefix> ranges) {
        if (ranges.isEmpty()) {
            return;
        }
        List<Route> routes = network.routes().all();
        for (Prefix range : ranges) {
            Optional<String> conflict = RangeConflict.find(network, range, routes);
            if (conflict.isEmpty()) {
                reported.remove(range);
            } else if (routes.stream().noneMatch(route -> isOursTo(route, range))) {
                throw notFree(range, conflict.get());
            } else if (reported.add(range)) {
                LOG.atError()
                        .addKeyValue("range", range)
                        .addKeyValue("overlaps", conflict.get())
                        .log(
                                "the range of publish.addresses is not free any more: datagrams to some nodes' addresses are lost"
                                        + " here; choose another range");
            }
        }
    }

    /**
     * As above, of a reload: to be called before anything of it is in force, so that what was in force before stays.
     */
    public static void requireFree(Network network, List<ListenerConfig> listeners) {
        List<Prefix> ranges = ranges(listeners);
        List<Route> routes = ranges.isEmpty() ? List.of() : network.routes().all();
        for (Prefix range : ranges) {
            if (routes.stream().noneMatch(route -> isOursTo(route, range))) {
                RangeConflict.find(network, range, routes).ifPresent(conflict -> {
                    throw notFree(range, conflict);
                });
            }
        }
    }

    private static List<Prefix> ranges(List<ListenerConfig> listeners) {
        return listeners.stream()
                .filter(ListenerConfig::isOnDummyInterface)
                .flatMap(listener -> listener.range().stream())
                .distinct()
                .toList();
    }

    private static IllegalStateException notFree(Prefix range, String conflict) {
        return new IllegalStateException("publish.addresses: " + range + " is not free on this node: it overlaps "
                + conflict + "; choose a range that nothing in the cluster has, the same for all nodes,"
                + " or addresses: bind");
    }

    /** As below, with the interface's MTU. */
    public void ensure(Link link, Collection<Prefix> ranges) {
        ensure(link, ranges, range -> OptionalInt.empty());
    }

    /**
     * Leads these ranges to the interface, and no others; does nothing where that is so.
     *
     * @param pathMtu the MTU on the way to a range's endpoints: as {@link Steering#ensure}
     * @throws IllegalStateException as {@link #requireFree(Collection)}; nothing is changed then
     */
    public void ensure(Link link, Collection<Prefix> ranges, Function<Prefix, OptionalInt> pathMtu) {
        List<Route> routes = network.routes().all();
        Set<Prefix> missing = new HashSet<>(ranges);
        missing.removeIf(range -> routes.stream().anyMatch(route -> isOwn(route, link.index()) && isTo(route, range)));
        requireFree(missing);
        for (Prefix range : ranges) {
            Route wanted = way.route(range, link.index())
                    .withLockedMtu(RouteMtu.below(link, range.network(), pathMtu.apply(range)));
            if (missing.contains(range)) {
                lead(range, wanted, routes);
            } else if (routes.stream()
                    .filter(route -> isOwn(route, link.index()) && isTo(route, range))
                    .noneMatch(route -> route.lockedMtuBytes().equals(wanted.lockedMtuBytes()))) {
                network.routes().replace(wanted);
            }
            // The other way's afterwards: at no moment is there none.
            routes.stream()
                    .filter(route -> Steering.isOurs(route, link.index()) && isTo(route, range))
                    .filter(route -> route.table() != way.table)
                    .forEach(network.routes()::remove);
            report(link, range, missing.contains(range));
        }
        routes.stream()
                .filter(route -> isOwn(route, link.index()))
                .filter(route -> route.prefixLength() < HostAddress.bits(route.destination()))
                .filter(route -> ranges.stream().noneMatch(range -> isTo(route, range)))
                .forEach(network.routes()::remove);
        inPlace.retainAll(ranges);
    }

    /** Puts a route in the place of one of ours, as of another interface, and never of somebody else's. */
    private void lead(Prefix range, Route wanted, List<Route> routes) {
        if (routes.stream().anyMatch(route -> route.table() == way.table && isOursTo(route, range))) {
            network.routes().replace(wanted);
        } else {
            network.routes().add(wanted);
        }
    }

    private void report(Link link, Prefix range, boolean added) {
        boolean wasInPlace = !inPlace.add(range);
        if (added && wasInPlace) {
            repairs.repaired(Repair.LINK_ROUTE_ADDED, link.name());
        } else if (added) {
            LOG.atInfo()
                    .addKeyValue("interface", link.name())
                    .addKeyValue("range", range)
                    .log(
                            way == Way.PAST_HOOKS
                                    ? "steered range to dummy interface"
                                    : "range is delivered on this node");
        }
    }

    /** Takes away what leads ranges this way to an interface. */
    public void undo(String interfaceName) {
        network.links().byName(interfaceName).ifPresent(link -> ensure(link, List.of()));
    }

    /**
     * Takes away the routes to sockets that a process has left, which ended with it. The kernel looks into their table
     * first, so that they hide every route past hooks.
     *
     * @param kept those that are served in user space now
     * @return how many there were
     */
    public static int removeLeftToSockets(Network network, List<ListenerConfig> kept) {
        List<Prefix> served = ranges(kept);
        List<Route> left = network.routes().table(Route.LOCAL_TABLE).stream()
                .filter(route -> route.protocol().equals(Steering.PROTOCOL) && route.type() == RouteType.LOCAL)
                .filter(route -> served.stream().noneMatch(range -> isTo(route, range)))
                .toList();
        left.forEach(network.routes()::remove);
        return left.size();
    }

    private boolean isOwn(Route route, int linkIndex) {
        return Steering.isOurs(route, linkIndex) && route.table() == way.table;
    }

    private static boolean isOursTo(Route route, Prefix range) {
        return route.protocol().equals(Steering.PROTOCOL) && isTo(route, range);
    }

    private static boolean isTo(Route route, Prefix range) {
        return route.prefixLength() == range.bits() && route.destination().equals(range.network());
    }
}
