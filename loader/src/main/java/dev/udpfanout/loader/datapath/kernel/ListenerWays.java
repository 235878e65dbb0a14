package dev.udpfanout.loader.datapath.kernel;

import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.control.EndpointSet;
import dev.udpfanout.loader.datapath.WayState;
import dev.udpfanout.loader.datapath.way.Ways;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How large a packet may be on the way to each listener's endpoints. The smallest counts for all of a listener's, so
 * that one answer tells a client what fits, whichever endpoint comes next. A mirror's endpoints do not count: a copy
 * that does not fit is none of the client's business.
 */
final class ListenerWays {
    private static final Logger LOG = LoggerFactory.getLogger(ListenerWays.class);

    private final Ways ways;
    private final Function<String, Optional<List<InetSocketAddress>>> adopted;
    private Map<String, Set<InetAddress>> endpoints = Map.of();
    private Map<String, Integer> mtus = Map.of();

    /** @param adopted the endpoints that an earlier daemon has left to a listener, by its name */
    ListenerWays(Ways ways, Function<String, Optional<List<InetSocketAddress>>> adopted) {
        this.ways = ways;
        this.adopted = adopted;
    }

    /** Asks for the ways to endpoints that are new. */
    void update(Collection<ListenerConfig> listeners, Map<String, EndpointSet> inForce) {
        use(listeners, inForce);
        ways.know(all());
        report(listeners);
    }

    /** Asks for all ways again: routes, links, and what the kernel has learnt of paths may have changed. */
    void refresh(Collection<ListenerConfig> listeners, Map<String, EndpointSet> inForce) {
        use(listeners, inForce);
        ways.refresh(all());
        report(listeners);
    }

    private void use(Collection<ListenerConfig> listeners, Map<String, EndpointSet> inForce) {
        Map<String, Set<InetAddress>> now = new HashMap<>();
        for (ListenerConfig listener : listeners) {
            EndpointSet set = inForce.get(listener.name());
            Collection<InetSocketAddress> addresses = set == null
                    ? adopted.apply(listener.name()).orElse(List.of())
                    : set.endpoints().stream().map(each -> each.address()).toList();
            now.put(
                    listener.name(),
                    addresses.stream().map(InetSocketAddress::getAddress).collect(Collectors.toUnmodifiableSet()));
        }
        endpoints = now;
    }

    private Set<InetAddress> all() {
        Set<InetAddress> all = new HashSet<>();
        endpoints.values().forEach(all::addAll);
        return all;
    }

    private void report(Collection<ListenerConfig> listeners) {
        Map<String, Integer> now = new HashMap<>();
        endpoints.forEach(
                (name, addresses) -> ways.smallestMtu(addresses).ifPresent(bytes -> now.put(name, bytes)));
        for (ListenerConfig listener : listeners) {
            Integer bytes = now.get(listener.name());
            if (bytes != null && !bytes.equals(mtus.get(listener.name()))) {
                LOG.atInfo()
                        .addKeyValue("listener_id", listener.id())
                        .addKeyValue("mtu_bytes", bytes)
                        .addKeyValue("ways", states(listener.name()))
                        .log("the path MTU of a listener is that of its narrowest way");
            }
        }
        mtus = Map.copyOf(now);
    }

    /** The smallest MTU of each listener, in bytes, by its name; one without a bound is not in it. */
    Map<String, Integer> mtus() {
        return mtus;
    }

    /** As above, of one listener. */
    OptionalInt mtu(String listener) {
        Integer bytes = mtus.get(listener);
        return bytes == null ? OptionalInt.empty() : OptionalInt.of(bytes);
    }

    /** How a listener's endpoints are reached. */
    List<WayState> states(String listener) {
        return ways.states(endpoints.getOrDefault(listener, Set.of()));
    }
}
