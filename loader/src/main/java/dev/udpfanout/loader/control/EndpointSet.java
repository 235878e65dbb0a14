package dev.udpfanout.loader.control;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;

/**
 * The endpoints of one listener that are in force: an immutable value, replaced whole.
 *
 * @param listener the name of the one whose they are
 * @param endpoints in the order of the round robin; may be empty
 */
public record EndpointSet(String listener, List<Endpoint> endpoints) {
    public EndpointSet {
        endpoints = List.copyOf(endpoints);
    }

    /** The same, without endpoints of these addresses. */
    public EndpointSet without(Set<InetSocketAddress> addresses) {
        if (addresses.isEmpty()) {
            return this;
        }
        return new EndpointSet(
                listener,
                endpoints.stream()
                        .filter(endpoint -> !addresses.contains(endpoint.address()))
                        .toList());
    }
}
