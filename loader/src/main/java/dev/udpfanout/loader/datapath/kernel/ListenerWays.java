package dev.udpfanout.loader.datapath.kernel;

import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.control.Endpoint;
import dev.udpfanout.loader.control.EndpointSet;
import dev.udpfanout.loader.datapath.WayState;
import dev.udpfanout.loader.datapath.kernel.attach.AttachPoints;
import dev.udpfanout.loader.datapath.kernel.maps.PathMtus;
import dev.udpfanout.loader.datapath.way.Ways;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How large a packet may be on the way to each listener's endpoints. The smallest counts for all of a listener's, so
 * that one answer tells a client what fits, whichever endpoint comes next. A mirror's endpoints do not count: a copy
 * that does not fit is none of the client's business.
 */
final class ListenerWays implements PathMtus {
    private static final Logger LOG = LoggerFactory.getLogger(ListenerWays.class);

    private final Ways ways;
    private final Function<String, Optional<List<InetSocketAddress>>> adopted;
    private final AttachPoints attachPoints;
    private final Map<String, EndpointSet> sets = new HashMap<>();
    private final Map<String, Set<InetAddress>> endpoints = new HashMap<>();
    private Map<String, Integer> mtus = Map.of();
    private Map<String, List<WayState>> states = Map.of();

    /**
     * @param adopted the endpoints that an earlier daemon has left to a listener, by its name
     * @param attachPoints told how large a packet may be
     */
    ListenerWays(Ways ways, Function<String, Optional<List<InetSocketAddress>>> adopted, AttachPoints attachPoints) {
        this.ways = ways;
        this.adopted = adopted;
        this.attachPoints = attachPoints;
    }

    /** Asks for the ways to endpoints that are new, and has the routes to dummy interfaces say what fits. */
    void update(Collection<ListenerConfig> listeners, Map<String, EndpointSet> inForce) {
        Set<String> changed = use(listeners, inForce);
        if (!changed.isEmpty()) {
            ways.know(of(changed));
            workOut(listeners, changed);
        }
        attachPoints.setPathMtus(mtus);
    }

    /** Asks for all ways again: routes, links, and what the kernel has learnt of paths may have changed. */
    void refresh(Collection<ListenerConfig> listeners, Map<String, EndpointSet> inForce) {
        use(listeners, inForce);
        ways.refresh(of(endpoints.keySet()));
        workOut(listeners, endpoints.keySet());
    }

    /** Whose endpoints are others than before, those that have gone among them. */
    private Set<String> use(Collection<ListenerConfig> listeners, Map<String, EndpointSet> inForce) {
        Set<String> names = listeners.stream().map(ListenerConfig::name).collect(Collectors.toSet());
        Set<String> changed = new HashSet<>(endpoints.keySet());
        changed.removeAll(names);
        endpoints.keySet().retainAll(names);
        sets.keySet().retainAll(names);
        for (String name : names) {
            EndpointSet set = inForce.get(name);
            if (set != null && !set.equals(sets.put(name, set))) {
                changed.add(name);
                endpoints.put(name, addresses(set.endpoints().stream().map(Endpoint::address)));
            } else if (set == null && !endpoints.containsKey(name)) {
                changed.add(name);
                endpoints.put(name, addresses(adopted.apply(name).stream().flatMap(List::stream)));
            }
        }
        return changed;
    }

    private static Set<InetAddress> addresses(Stream<InetSocketAddress> endpoints) {
        return endpoints.map(InetSocketAddress::getAddress).collect(Collectors.toUnmodifiableSet());
    }

    private Set<InetAddress> of(Set<String> names) {
        Set<InetAddress> all = new HashSet<>();
        names.forEach(name -> all.addAll(endpoints.getOrDefault(name, Set.of())));
        return all;
    }

    private void workOut(Collection<ListenerConfig> listeners, Set<String> names) {
        Map<String, Integer> nowMtus = new HashMap<>(mtus);
        Map<String, List<WayState>> nowStates = new HashMap<>(states);
        nowMtus.keySet().removeAll(names);
        nowStates.keySet().retainAll(endpoints.keySet());
        nowMtus.keySet().retainAll(endpoints.keySet());
        names.stream().filter(endpoints::containsKey).forEach(name -> {
            Set<InetAddress> addresses = endpoints.get(name);
            ways.smallestMtu(addresses).ifPresent(bytes -> nowMtus.put(name, bytes));
            nowStates.put(name, ways.states(addresses));
        });
        for (ListenerConfig listener : listeners) {
            Integer bytes = nowMtus.get(listener.name());
            if (bytes != null && !bytes.equals(mtus.get(listener.name()))) {
                LOG.atInfo()
                        .addKeyValue("listener_id", listener.idInLog())
                        .addKeyValue("mtu_bytes", bytes)
                        .addKeyValue(
                                "interface",
                                nowStates.get(listener.name()).getFirst().interfaceName())
                        .log("the narrowest way to an endpoint sets the listener's MTU");
            }
        }
        mtus = Map.copyOf(nowMtus);
        states = Map.copyOf(nowStates);
    }

    @Override
    public int smallestOf(ListenerConfig listener) {
        return mtus.getOrDefault(listener.name(), 0);
    }

    /** Not of a dummy interface: what comes by that fits already, as the route to it says what does. */
    @Override
    public int ofInterface(int ifindex) {
        return attachPoints.mtuBytes(ifindex);
    }

    /** The interfaces, by their indexes, by which endpoints are reached that are not on this node. */
    Set<Integer> interfaces() {
        return ways.interfaces();
    }

    /** How a listener's endpoints are reached. */
    List<WayState> states(String listener) {
        return states.getOrDefault(listener, List.of());
    }
}
