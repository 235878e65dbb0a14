package dev.udpfanout.loader.daemon;

import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.control.DiscoveredEndpoint;
import dev.udpfanout.loader.control.EndpointSelection;
import dev.udpfanout.loader.control.EndpointSet;
import dev.udpfanout.loader.datapath.Datapath;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns what is known into what is in force. Belongs to one thread; others read what {@link #known()} and {@link #inForce()}
 * returned at the end of a turn, which are never changed afterwards.
 */
final class ControlLoop {
    private static final Logger LOG = LoggerFactory.getLogger(ControlLoop.class);

    private final Datapath datapath;
    private final EndpointSelection selection;
    private final Consumer<Duration> onEndpointsUpdated;
    private final Map<String, List<DiscoveredEndpoint>> discovered = new HashMap<>();
    private final Set<InetSocketAddress> refusedLoops = new HashSet<>();
    private volatile Map<String, List<DiscoveredEndpoint>> known = Map.of();
    private volatile Map<String, EndpointSet> inForce = Map.of();
    private Config config;
    private Set<InetSocketAddress> down = Set.of();

    /**
     * @param onEndpointsUpdated told how long it took from an event to the set in force
     */
    ControlLoop(Config config, Datapath datapath, EndpointSelection selection, Consumer<Duration> onEndpointsUpdated) {
        this.config = config;
        this.datapath = datapath;
        this.selection = selection;
        this.onEndpointsUpdated = onEndpointsUpdated;
    }

    /** What is known of each listener's endpoints; a listener whose source has not answered yet is not in it. Any thread. */
    Map<String, List<DiscoveredEndpoint>> known() {
        return known;
    }

    /** The endpoint sets in force, by listener. Any thread. */
    Map<String, EndpointSet> inForce() {
        return inForce;
    }

    void discovered(Event.Discovered event) {
        discovered.put(event.listener(), event.endpoints());
        select();
        onEndpointsUpdated.accept(Duration.ofNanos(System.nanoTime() - event.atNanos()));
    }

    void vips(Event.Vips event) {
        datapath.setVips(event.listener(), event.addresses());
    }

    /** Takes the endpoints that are down out, and those that are not in again. */
    void health(Set<InetSocketAddress> nowDown) {
        down = nowDown;
        select();
    }

    /** Uses another configuration from now on; listeners that are the same in both lose nothing. */
    void configure(Config newConfig) {
        config = newConfig;
        Set<String> names =
                config.listeners().stream().map(ListenerConfig::name).collect(Collectors.toSet());
        discovered.keySet().retainAll(names);
        datapath.configure(config.listeners());
        select();
    }

    /** Works every listener's endpoint set out, and applies those that have changed. */
    void select() {
        Map<String, List<DiscoveredEndpoint>> nowKnown = new HashMap<>();
        Map<String, EndpointSet> nowInForce = new HashMap<>();
        for (ListenerConfig listener : config.listeners()) {
            List<DiscoveredEndpoint> endpoints = endpointsOf(listener);
            if (endpoints == null) {
                // The source has not answered yet: what an earlier daemon left in the kernel stays in force.
                continue;
            }
            EndpointSet set =
                    selection.select(listener, endpoints, down, config.health().onAllUnhealthy());
            nowKnown.put(listener.name(), endpoints);
            nowInForce.put(listener.name(), set);
            datapath.apply(set);
        }
        known = Map.copyOf(nowKnown);
        inForce = Map.copyOf(nowInForce);
    }

    private List<DiscoveredEndpoint> endpointsOf(ListenerConfig listener) {
        if (listener.kubernetes().isEmpty()) {
            return listener.downstream().stream()
                    .map(each -> DiscoveredEndpoint.configured(each.name(), each.address()))
                    .toList();
        }
        List<DiscoveredEndpoint> endpoints = discovered.get(listener.name());
        return endpoints == null ? null : withoutLoops(endpoints);
    }

    /** An endpoint that is a listener of this daemon would be sent its own datagrams for ever. */
    private List<DiscoveredEndpoint> withoutLoops(List<DiscoveredEndpoint> endpoints) {
        Set<InetSocketAddress> binds =
                config.listeners().stream().map(ListenerConfig::bind).collect(Collectors.toSet());
        List<DiscoveredEndpoint> kept = new ArrayList<>(endpoints.size());
        for (DiscoveredEndpoint endpoint : endpoints) {
            if (!binds.contains(endpoint.address())) {
                kept.add(endpoint);
            } else if (refusedLoops.add(endpoint.address())) {
                LOG.atWarn().addKeyValue("endpoint", endpoint.address()).log("refused an endpoint that is a listener");
            }
        }
        return kept;
    }

    /** What is worth probing: every endpoint that would be used if it were well. */
    Set<InetSocketAddress> probeTargets() {
        return known.values().stream()
                .flatMap(endpoints -> EndpointSelection.candidates(endpoints).stream())
                .map(DiscoveredEndpoint::address)
                .collect(Collectors.toSet());
    }

    /** Whether datagrams may be sent to this node for a listener: they reach the datapath, and there is where to go. */
    boolean isReady(String listener) {
        EndpointSet set = inForce.get(listener);
        return set != null
                && !set.endpoints().isEmpty()
                && datapath.state(listener).attached();
    }
}
