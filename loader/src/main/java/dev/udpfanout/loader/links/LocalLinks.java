package dev.udpfanout.loader.links;

import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.bindings.rtnetlink.neighbour.ForwardingEntry;
import dev.udpfanout.bindings.rtnetlink.neighbour.Neighbour;
import dev.udpfanout.bindings.rtnetlink.route.Route;
import dev.udpfanout.bindings.rtnetlink.route.RouteType;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Looks up by which link addresses are reached, as the kernel would with its main table: longest prefix first, then the
 * smallest metric. A link without a router behind it is the answer, or, if it is a bridge, the port behind which the
 * bridge saw the neighbour's hardware address. Rules that lead to other tables are not looked at.
 */
final class LocalLinks {
    private record Network(List<Byte> prefix, int length) {}

    private record Host(int linkIndex, InetAddress address) {}

    private record Station(int bridgeIndex, String hardwareAddress) {}

    private final Map<Network, Route> routes = new HashMap<>();
    private final Map<Integer, Set<Integer>> lengths = new TreeMap<>(Comparator.reverseOrder());
    private final Map<Host, String> hardwareAddresses = new HashMap<>();
    private final Map<Station, Integer> ports = new HashMap<>();
    private final Set<Integer> bridges = new HashSet<>();
    private final Set<InetAddress> own = new HashSet<>();

    LocalLinks(NetworkTables tables) {
        for (Route route : tables.routes()) {
            if (route.table() == Route.MAIN_TABLE) {
                int bytes = route.destination().getAddress().length;
                lengths.computeIfAbsent(route.prefixLength(), length -> new HashSet<>())
                        .add(bytes);
                routes.merge(
                        network(route.destination(), route.prefixLength()),
                        route,
                        (a, b) -> b.priority() < a.priority() ? b : a);
            } else if (route.table() == Route.LOCAL_TABLE && route.type() == RouteType.LOCAL) {
                own.add(route.destination());
            }
        }
        for (Link link : tables.links()) {
            if (link.kind().equals("bridge")) {
                bridges.add(link.index());
            }
        }
        for (Neighbour neighbour : tables.neighbours()) {
            hardwareAddresses.put(new Host(neighbour.linkIndex(), neighbour.address()), neighbour.hardwareAddress());
        }
        for (ForwardingEntry entry : tables.forwarding()) {
            if (entry.portIndex() != entry.bridgeIndex()) {
                ports.put(new Station(entry.bridgeIndex(), entry.hardwareAddress()), entry.portIndex());
            }
        }
    }

    Reach of(InetAddress address) {
        if (own.contains(address)) {
            return new Reach.Elsewhere(true);
        }
        Route route = route(address);
        if (route == null) {
            return new Reach.Elsewhere(false);
        }
        if (route.type() != RouteType.UNICAST
                || route.gateway().isPresent()
                || route.linkIndex().isEmpty()) {
            return new Reach.Elsewhere(route.prefixLength() > 0);
        }
        int link = route.linkIndex().getAsInt();
        if (!bridges.contains(link)) {
            return new Reach.ByLink(link, route.prefixLength() == address.getAddress().length * Byte.SIZE);
        }
        String hardwareAddress = hardwareAddresses.get(new Host(link, address));
        Integer port = hardwareAddress == null ? null : ports.get(new Station(link, hardwareAddress));
        return port == null ? new Reach.BehindBridge(link) : new Reach.ByLink(port, true);
    }

    /** Of a host on a link, if the link's neighbour table has it. */
    Optional<String> hardwareAddress(int link, InetAddress address) {
        return Optional.ofNullable(hardwareAddresses.get(new Host(link, address)));
    }

    private Route route(InetAddress address) {
        int bytes = address.getAddress().length;
        for (Map.Entry<Integer, Set<Integer>> length : lengths.entrySet()) {
            if (length.getValue().contains(bytes)) {
                Route route = routes.get(network(address, length.getKey()));
                if (route != null) {
                    return route;
                }
            }
        }
        return null;
    }

    private static Network network(InetAddress address, int length) {
        byte[] bytes = address.getAddress();
        Byte[] prefix = new Byte[bytes.length];
        Arrays.setAll(prefix, i -> {
            int bits = Math.clamp(length - i * Byte.SIZE, 0, Byte.SIZE);
            return (byte) (bytes[i] & 0xff << (Byte.SIZE - bits));
        });
        return new Network(List.of(prefix), length);
    }
}
