package dev.udpfanout.loader.interception;

import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.bindings.rtnetlink.route.Route;
import dev.udpfanout.bindings.rtnetlink.route.RouteType;
import dev.udpfanout.loader.config.AddressText;
import dev.udpfanout.loader.config.InterfaceChoice;
import dev.udpfanout.loader.config.InterfaceRole;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.Prefix;
import dev.udpfanout.loader.config.ServicesConfig;
import java.net.InetAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Finds the interfaces on which the datagrams of Services come in, by links and routes. Pure.
 *
 * <p>For VIPs these are the interfaces of default routes, of all tables, and of the network that a VIP is of. A route
 * leads to the bond and not to its ports, and to the VLAN's interface and not to the one below, which leaves tagged
 * frames alone: so the program sees a datagram once. For pods these are the bridges that the node's ends of pods' pairs
 * are ports of, and the ends to which a route for one address leads.
 *
 * <p>Where a bridge's netfilter calls IP's, kube-proxy's rules change the destination before the bridge sees it: there
 * the bridge's ports stand in its place.
 */
final class InterfaceFinder {
    private static final Set<String> LEADING_NOWHERE = Set.of("dummy");
    private static final int LOOPBACK = 1;

    private final NodeLinks links;
    private final Collection<Route> routes;

    /** By the interface's index. */
    private final Map<Integer, FoundInterface> found = new TreeMap<>();

    /** @param filters whether the netfilter of a bridge calls IP's, by the bridge's index */
    InterfaceFinder(Collection<Link> links, Collection<Route> routes, IntPredicate filters) {
        this.links = new NodeLinks(links, filters);
        this.routes = routes.stream()
                .filter(route -> route.type() == RouteType.UNICAST && route.table() != Route.LOCAL_TABLE)
                .toList();
    }

    /**
     * Those of both roles, where a configuration has them looked for; each once, an interface of VIPs as that.
     *
     * @param vips that are served
     */
    List<FoundInterface> find(ServicesConfig config, Set<InetAddress> vips) {
        Map<Integer, String> outside = outside(config.interfaces(InterfaceRole.VIPS), vips);
        outside.forEach((index, reason) -> addOutside(index, reason, outside.keySet()));
        pods(config.interfaces(InterfaceRole.PODS)).forEach(this::addPods);
        return found.values().stream()
                .filter(each -> !config.interfaces(each.role()).isByName())
                .toList();
    }

    private Map<Integer, String> outside(InterfaceChoice choice, Set<InetAddress> vips) {
        if (!choice.isAuto()) {
            return named(choice);
        }
        Map<Integer, String> reasons = new HashMap<>();
        for (Route route : routes) {
            if (route.prefixLength() == 0) {
                leadingLinks(route).forEach(link -> reasons.put(link.index(), "default route"));
            }
        }
        for (Route route : routes) {
            if (isNetwork(route)) {
                Prefix network = new Prefix(route.destination(), route.prefixLength());
                vips.stream().filter(network::contains).findFirst().ifPresent(vip -> leadingLinks(route)
                        .filter(link -> !isOfPodsAlone(link))
                        .forEach(link -> reasons.putIfAbsent(link.index(), "network of VIP " + AddressText.of(vip))));
            }
        }
        return reasons;
    }

    private static boolean isNetwork(Route route) {
        return route.prefixLength() > 0 && route.gateway().isEmpty() && !isOfOneAddress(route);
    }

    private static boolean isOfOneAddress(Route route) {
        return route.prefixLength() == route.destination().getAddress().length * Byte.SIZE;
    }

    private Stream<Link> leadingLinks(Route route) {
        return links.of(IntStream.concat(
                                route.linkIndex().stream(),
                                route.nextHopLinks().stream().mapToInt(index -> index))
                        .boxed()
                        .toList())
                .filter(link -> link.index() != LOOPBACK && !LEADING_NOWHERE.contains(link.kind()));
    }

    /** Whether there is nothing but pods behind it: VIPs come in elsewhere. */
    private boolean isOfPodsAlone(Link link) {
        List<Link> ports = links.ports(link);
        return !ports.isEmpty() && ports.stream().allMatch(NodeLinks::isPodEnd);
    }

    private Map<Integer, String> named(InterfaceChoice choice) {
        Map<Integer, String> reasons = new HashMap<>();
        links.all()
                .filter(link -> choice.has(link.name()) && !ListenerConfig.isDummyInterface(link.name()))
                // What programs of the node send is kube-proxy's to serve, unless somebody names the interface.
                .filter(link -> link.index() != LOOPBACK || choice.words().contains(link.name()))
                .forEach(link -> reasons.put(link.index(), "named in the configuration"));
        return reasons;
    }

    private void addOutside(int index, String reason, Set<Integer> all) {
        links.of(Set.of(index)).forEach(link -> {
            List<Link> ports = links.isFilteringBridge(link)
                    ? links.ports(link).stream()
                            .filter(port -> !NodeLinks.isPodEnd(port))
                            .toList()
                    : List.of();
            if (!ports.isEmpty()) {
                ports.forEach(port -> add(InterfaceRole.VIPS, port, index, portOf(link) + ": " + reason));
            } else if (!links.isSeenAgainBy(link, all)) {
                add(InterfaceRole.VIPS, link, 0, reason);
            }
        });
    }

    private Map<Integer, String> pods(InterfaceChoice choice) {
        if (!choice.isAuto()) {
            return named(choice);
        }
        Map<Integer, String> reasons = new HashMap<>();
        Set<Integer> leading = new HashSet<>();
        Set<Integer> uplinks = new HashSet<>();
        Map<Integer, InetAddress> hosts = new HashMap<>();
        for (Route route : routes) {
            route.linkIndex().ifPresent(index -> {
                if (route.prefixLength() == 0) {
                    uplinks.add(index);
                } else if (route.gateway().isEmpty()) {
                    leading.add(index);
                    if (isOfOneAddress(route)) {
                        hosts.putIfAbsent(index, route.destination());
                    }
                }
            });
        }
        links.all()
                .filter(NodeLinks::isPodEnd)
                .filter(link -> !uplinks.contains(link.index()))
                .forEach(link -> {
                    int bridge = links.bridgeOf(link);
                    if (leading.contains(bridge)) {
                        reasons.put(bridge, "bridge of pods");
                    } else if (link.master().isEmpty() && hosts.containsKey(link.index())) {
                        reasons.put(link.index(), "route to " + AddressText.of(hosts.get(link.index())));
                    }
                });
        return reasons;
    }

    private void addPods(int index, String reason) {
        links.of(Set.of(index)).forEach(link -> {
            if (links.isFilteringBridge(link)) {
                links.ports(link).stream()
                        .filter(port -> NodeLinks.isPodEnd(port) && !found.containsKey(port.index()))
                        .forEach(port -> add(InterfaceRole.PODS, port, index, portOf(link)));
            } else if (!found.containsKey(index)) {
                // A port that a glob names is one too, whatever its bridge does.
                int bridge = links.bridgeOf(link);
                add(InterfaceRole.PODS, link, bridge, bridge == 0 ? reason : "port of " + links.name(bridge));
            }
        });
    }

    private static String portOf(Link bridge) {
        return "port of " + bridge.name();
    }

    private void add(InterfaceRole role, Link link, int bridge, String reason) {
        found.put(link.index(), new FoundInterface(role, link.index(), link.name(), bridge, reason));
    }
}
