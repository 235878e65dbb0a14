package dev.udpfanout.loader.kubernetes.services;

import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.control.DiscoveredEndpoint;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;

/**
 * A listener that an annotated Service becomes.
 *
 * @param config with {@code bind} the wildcard address of its family and the Service's port
 * @param addresses of the Service that are the listener's, of the listener's family
 * @param endpoints all that the Service has at this port, of both families
 * @param copies all that the mirror has, if there is one
 */
public record ServedListener(
        ListenerConfig config,
        Set<InetAddress> addresses,
        List<DiscoveredEndpoint> endpoints,
        List<DiscoveredEndpoint> copies) {
    public ServedListener {
        addresses = Set.copyOf(addresses);
        endpoints = List.copyOf(endpoints);
        copies = List.copyOf(copies);
    }
}
