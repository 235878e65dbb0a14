package dev.udpfanout.loader.datapath.network;

import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.bindings.rtnetlink.route.Route;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.Prefix;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * What of this node a range of addresses would be taken from: routes but the default ones, and addresses. What is on
 * dummy interfaces is a listener's.
 */
final class RangeConflict {
    private static final int DEFAULT_ROUTE_BITS = 0;

    private RangeConflict() {}

    /** What lies in the range, or the range in it, in words for the operator; empty if nothing does. */
    static Optional<String> find(Network network, Prefix range, List<Route> routes) {
        Map<Integer, String> names =
                network.links().all().stream().collect(Collectors.toMap(Link::index, Link::name, (one, other) -> one));
        Optional<String> address = network.addresses().all().stream()
                .filter(each -> !isDummy(OptionalInt.of(each.linkIndex()), names))
                .filter(each -> range.contains(each.address()))
                .findFirst()
                .map(each ->
                        "the address " + each.address().getHostAddress() + at(OptionalInt.of(each.linkIndex()), names));
        return address.or(() -> routes.stream()
                .filter(route -> route.prefixLength() != DEFAULT_ROUTE_BITS)
                .filter(route -> !route.protocol().equals(Steering.PROTOCOL))
                .filter(route -> !isDummy(route.linkIndex(), names))
                .filter(route -> range.overlaps(new Prefix(route.destination(), route.prefixLength())))
                .findFirst()
                .map(route -> "the route " + new Prefix(route.destination(), route.prefixLength())
                        + at(route.linkIndex(), names)));
    }

    private static boolean isDummy(OptionalInt link, Map<Integer, String> names) {
        return link.isPresent() && ListenerConfig.isDummyInterface(names.getOrDefault(link.getAsInt(), ""));
    }

    private static String at(OptionalInt link, Map<Integer, String> names) {
        return link.isPresent() ? " of interface " + names.getOrDefault(link.getAsInt(), "" + link.getAsInt()) : "";
    }
}
