package dev.udpfanout.loader.datapath.network;

import dev.udpfanout.bindings.rtnetlink.address.Scope;
import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.bindings.rtnetlink.route.Route;
import dev.udpfanout.bindings.rtnetlink.route.RouteType;
import dev.udpfanout.loader.config.Prefix;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
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
                    Optional.empty());
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
                throw new IllegalStateException("publish.addresses: " + range
                        + " is not free on this node: it overlaps "
                        + conflict.get() + "; choose a range that nothing in the cluster has, the same for all nodes,"
                        + " or addresses: bind");
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

    /** Leads these ranges to the interface, and no others; does nothing where that is so. */
    public void ensure(Link link, Collection<Prefix> ranges) {
        List<Route> routes = network.routes().all();
        for (Prefix range : ranges) {
            boolean isThere = routes.stream().anyMatch(route -> isOwn(route, link.index()) && isTo(route, range));
            if (!isThere) {
                network.routes().replace(way.route(range, link.index()));
            }
            // The other way's afterwards: at no moment is there none.
            routes.stream()
                    .filter(route -> Steering.isOurs(route, link.index()) && isTo(route, range))
                    .filter(route -> route.table() != way.table)
                    .forEach(network.routes()::remove);
            report(link, range, !isThere);
        }
        routes.stream()
                .filter(route -> isOwn(route, link.index()))
                .filter(route -> route.prefixLength() < HostAddress.bits(route.destination()))
                .filter(route -> ranges.stream().noneMatch(range -> isTo(route, range)))
                .forEach(network.routes()::remove);
        inPlace.retainAll(ranges);
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
