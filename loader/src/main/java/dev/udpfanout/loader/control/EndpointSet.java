package dev.udpfanout.loader.control;

import java.util.List;

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
}
