package dev.udpfanout.forwarder;

import dev.udpfanout.forwarder.spread.MetricHash;
import dev.udpfanout.forwarder.spread.PayloadHash;
import dev.udpfanout.forwarder.spread.Spread;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;

/**
 * The receivers in force, and which of them a datagram goes to; immutable.
 *
 * @param endpoints addresses and ports, resolved; one that stands there several times has as many turns of each round,
 *     and one socket a worker all the same. Empty means that every datagram is dropped and counted
 * @param spread which of them a datagram goes to; but for {@link Spread#IN_TURN} none may stand there twice
 */
public record EndpointTable(List<InetSocketAddress> endpoints, Spread spread) {
    /** No receivers. */
    public static final EndpointTable EMPTY = new EndpointTable(List.of());

    public EndpointTable {
        endpoints = List.copyOf(endpoints);
        for (InetSocketAddress endpoint : endpoints) {
            requireUsable(endpoint);
        }
        requireFitting(endpoints, spread);
    }

    /** Of endpoints that take turns, in this order. */
    public EndpointTable(List<InetSocketAddress> endpoints) {
        this(endpoints, Spread.IN_TURN);
    }

    private static void requireFitting(List<InetSocketAddress> endpoints, Spread spread) {
        if (spread != Spread.IN_TURN && new HashSet<>(endpoints).size() < endpoints.size()) {
            throw new IllegalArgumentException("endpoints: one is there twice, and they do not take turns");
        }
        if ((spread == Spread.TO_ALL || spread == Spread.NETFLOW) && endpoints.size() > Spread.ToAll.MAX_COPIES) {
            throw new IllegalArgumentException("endpoints: " + endpoints.size() + " are more than the "
                    + Spread.ToAll.MAX_COPIES + " copies that are made");
        }
        int highest =
                switch (spread) {
                    case Spread.Chosen chosen -> chosen.highestEndpoint();
                    case PayloadHash hash -> hash.highestEndpoint();
                    case MetricHash hash -> hash.highestEndpoint();
                    case Spread.InTurn inTurn -> -1;
                    case Spread.ToAll toAll -> -1;
                    case Spread.Netflow netflow -> -1;
                };
        if (highest >= endpoints.size()) {
            throw new IllegalArgumentException("spread: there is no endpoint " + highest);
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
