package dev.udpfanout.loader.datapath.network;

import dev.udpfanout.bindings.abi.Limits;
import dev.udpfanout.bindings.abi.admission.NextHops;
import dev.udpfanout.bindings.abi.admission.SourcePrefix;
import dev.udpfanout.bindings.rtnetlink.route.Route;
import dev.udpfanout.bindings.rtnetlink.route.RouteType;
import dev.udpfanout.bindings.rtnetlink.rule.Rule;
import dev.udpfanout.loader.config.Prefix;
import java.net.Inet4Address;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * By which interfaces sources may come that a route with several next hops leads to. The stack takes a source by any of
 * them (fib_info_nh_uses_dev in net/ipv4/fib_semantics.c), where {@code bpf_fib_lookup} names one. A longer prefix with
 * one next hop is told as well, so that it does not count as a part of the shorter one.
 *
 * @param byPrefix the interfaces, as numbers of their groups, of each such prefix; none where one next hop leads
 * @param joined next hops that stand for one another for every source, since the routes could not be told apart
 */
record WaysBack(Map<SourcePrefix, NextHops> byPrefix, List<Set<Integer>> joined) {
    /**
     * From the routes and rules of a network.
     *
     * @param groups by interface, the number of its group, for those that are in one
     */
    static WaysBack of(Collection<Route> all, Collection<Rule> rules, Map<Integer, Integer> groups) {
        List<Route> routes = all.stream().filter(WaysBack::leadsElsewhere).toList();
        List<Route> several =
                routes.stream().filter(route -> route.linkIndex().isEmpty()).toList();
        if (several.isEmpty()) {
            return new WaysBack(Map.of(), List.of());
        }
        return exact(routes, several, rules, groups)
                .orElseGet(() -> new WaysBack(
                        Map.of(),
                        several.stream()
                                .map(route -> Set.copyOf(route.nextHopLinks()))
                                .toList()));
    }

    private static boolean leadsElsewhere(Route route) {
        return route.destination() instanceof Inet4Address
                && route.type() == RouteType.UNICAST
                && route.table() != Route.LOCAL_TABLE;
    }

    /** Empty if other tables than main decide, or there are more prefixes or next hops than the program is told. */
    private static Optional<WaysBack> exact(
            List<Route> routes, List<Route> several, Collection<Rule> rules, Map<Integer, Integer> groups) {
        boolean isMainAlone = rules.stream().filter(Rule::isIpv4).allMatch(Rule::asksStandardTable)
                && several.stream().allMatch(route -> route.table() == Route.MAIN_TABLE);
        if (!isMainAlone) {
            return Optional.empty();
        }
        // Of routes to one prefix that with the smallest metric counts.
        Map<Prefix, Route> first = new LinkedHashMap<>();
        routes.stream()
                .filter(route -> route.table() == Route.MAIN_TABLE)
                .sorted(Comparator.comparing(route -> Integer.toUnsignedLong(route.priority())))
                .forEach(route -> first.putIfAbsent(prefix(route), route));
        Map<SourcePrefix, NextHops> ways = new HashMap<>();
        for (Map.Entry<Prefix, Route> each : first.entrySet()) {
            Set<Integer> interfaces = numbers(each.getValue(), groups);
            if (interfaces.size() > Limits.MAX_NEXT_HOPS) {
                return Optional.empty();
            }
            if (several.stream().anyMatch(shorter -> covers(shorter, each.getKey()))) {
                ways.put(key(each.getKey()), new NextHops(interfaces));
            }
        }
        return ways.size() <= Limits.MAX_SOURCE_PREFIXES
                ? Optional.of(new WaysBack(ways, List.of()))
                : Optional.empty();
    }

    /** None where there is one next hop. */
    private static Set<Integer> numbers(Route route, Map<Integer, Integer> groups) {
        return route.nextHopLinks().stream()
                .map(link -> groups.getOrDefault(link, link))
                .collect(Collectors.toSet());
    }

    private static SourcePrefix key(Prefix prefix) {
        return new SourcePrefix((Inet4Address) prefix.network(), prefix.bits());
    }

    private static boolean covers(Route shorter, Prefix prefix) {
        return shorter.prefixLength() <= prefix.bits() && prefix(shorter).contains(prefix.network());
    }

    private static Prefix prefix(Route route) {
        return new Prefix(route.destination(), route.prefixLength());
    }
}
