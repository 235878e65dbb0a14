package dev.udpfanout.loader.datapath;

import dev.udpfanout.loader.control.EndpointSet;
import java.net.InetAddress;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What listeners need before the first datagram gets to them.
 *
 * @param endpoints the endpoint set of each, by the listener's name, in the order in which they are put in force
 * @param vips the VIPs of those that are VIP-direct, by the listener's name
 */
public record ListenerTargets(Map<String, EndpointSet> endpoints, Map<String, Set<InetAddress>> vips) {
    /** Nothing is known yet. */
    public static final ListenerTargets NONE = new ListenerTargets(Map.of(), Map.of());

    public ListenerTargets {
        endpoints = Collections.unmodifiableMap(new LinkedHashMap<>(endpoints));
        vips = Map.copyOf(vips);
    }
}
