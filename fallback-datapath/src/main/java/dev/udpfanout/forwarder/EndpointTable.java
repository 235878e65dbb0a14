package dev.udpfanout.forwarder;

import java.net.InetSocketAddress;
import java.util.List;

/**
 * The receivers in force, in the order in which they take turns; immutable.
 *
 * @param endpoints addresses and ports, resolved; one that stands there several times has as many turns of each round, and
 *     one socket a worker all the same. Empty means that every datagram is dropped and counted
 */
public record EndpointTable(List<InetSocketAddress> endpoints) {
    /** No receivers. */
    public static final EndpointTable EMPTY = new EndpointTable(List.of());

    public EndpointTable {
        endpoints = List.copyOf(endpoints);
        for (InetSocketAddress endpoint : endpoints) {
            requireUsable(endpoint);
        }
    }

    /** A table of the given endpoints. */
    public static EndpointTable of(InetSocketAddress... endpoints) {
        return new EndpointTable(List.of(endpoints));
    }

    private static void requireUsable(InetSocketAddress endpoint) {
        if (endpoint.isUnresolved()) {
            throw new IllegalArgumentException("endpoint " + endpoint + " is a name, not an address");
        }
        if (endpoint.getPort() == 0) {
            throw new IllegalArgumentException("endpoint " + endpoint + " has no port");
        }
        if (endpoint.getAddress().isAnyLocalAddress() || endpoint.getAddress().isMulticastAddress()) {
            throw new IllegalArgumentException("endpoint " + endpoint + " is not the address of one receiver");
        }
    }
}
