package dev.udpfanout.loader.datapath.mode;

import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ReceiverSet;
import dev.udpfanout.loader.control.EndpointSet;
import dev.udpfanout.loader.datapath.ListenerTargets;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The endpoints and VIPs of every listener as last wanted, for a datapath that takes a listener over. */
final class WantedTargets {
    private final Map<String, EndpointSet> endpoints = new HashMap<>();
    private final Map<String, Set<InetAddress>> vips = new HashMap<>();

    void endpoints(EndpointSet set) {
        endpoints.put(set.listener(), set);
    }

    void vips(String listener, Set<InetAddress> addresses) {
        vips.put(listener, Set.copyOf(addresses));
    }

    /** Forgets those of other listeners and mirrors. */
    void retain(List<ListenerConfig> listeners) {
        Set<String> names = ListenerConfig.receiverSets(listeners).stream()
                .map(ReceiverSet::name)
                .collect(Collectors.toSet());
        endpoints.keySet().retainAll(names);
        vips.keySet().retainAll(names);
    }

    ListenerTargets current() {
        return new ListenerTargets(endpoints, vips);
    }
}
