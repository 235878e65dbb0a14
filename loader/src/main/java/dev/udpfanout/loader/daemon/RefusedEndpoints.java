package dev.udpfanout.loader.daemon;

import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.reader.SocketAddressText;
import dev.udpfanout.loader.control.DiscoveredEndpoint;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Endpoints that listeners of this daemon are in the way of: one that is a listener would be sent its own datagrams for
 * ever, and one in a range that is led to a dummy interface is not reached. Each is logged once. Belongs to one thread.
 */
final class RefusedEndpoints {
    private static final Logger LOG = LoggerFactory.getLogger(ControlLoop.class);

    private final Set<InetSocketAddress> reported = new HashSet<>();
    private final Map<InetSocketAddress, ListenerConfig> byBind = new HashMap<>();
    private List<ListenerConfig> withRange = List.of();

    /** Has these listeners in the way from now on; false if no other endpoints are refused by that than before. */
    boolean use(List<ListenerConfig> listeners) {
        Set<InetSocketAddress> bindsBefore = Set.copyOf(byBind.keySet());
        List<ListenerConfig> withRangeBefore = withRange;
        byBind.clear();
        listeners.forEach(listener -> byBind.putIfAbsent(listener.bind(), listener));
        withRange = listeners.stream()
                .filter(listener -> listener.range().isPresent())
                .toList();
        return !byBind.keySet().equals(bindsBefore) || !withRange.equals(withRangeBefore);
    }

    /** The endpoints that are not. */
    List<DiscoveredEndpoint> without(List<DiscoveredEndpoint> endpoints) {
        List<DiscoveredEndpoint> kept = new ArrayList<>(endpoints.size());
        for (DiscoveredEndpoint endpoint : endpoints) {
            Optional<ListenerConfig> inTheWay = inTheWayOf(endpoint.address());
            if (inTheWay.isEmpty()) {
                kept.add(endpoint);
            } else if (reported.add(endpoint.address())) {
                report(inTheWay.get(), endpoint.address());
            }
        }
        return kept;
    }

    private Optional<ListenerConfig> inTheWayOf(InetSocketAddress endpoint) {
        return Optional.ofNullable(byBind.get(endpoint)).or(() -> withRange.stream()
                .filter(listener -> listener.range().orElseThrow().contains(endpoint.getAddress()))
                .findFirst());
    }

    private static void report(ListenerConfig inTheWay, InetSocketAddress endpoint) {
        if (inTheWay.takes(endpoint)) {
            LOG.atWarn()
                    .addKeyValue("endpoint", SocketAddressText.write(endpoint))
                    .log("refused an endpoint that is a listener");
        } else {
            LOG.atError()
                    .addKeyValue("endpoint", SocketAddressText.write(endpoint))
                    .addKeyValue("range", inTheWay.range().orElseThrow())
                    .log(
                            "refused an endpoint in the range of publish.addresses; choose a range that nothing in the cluster"
                                    + " has");
        }
    }
}
