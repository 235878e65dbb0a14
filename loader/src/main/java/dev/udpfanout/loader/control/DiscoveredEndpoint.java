package dev.udpfanout.loader.control;

import dev.udpfanout.loader.config.ReceiverSet.Downstream;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * A receiver as a source of endpoints knows it, before anyone has decided whether it is used. For a receiver from an
 * EndpointSlice the three conditions are those of the Kubernetes API (discovery.k8s.io/v1, EndpointConditions).
 *
 * @param name for people and metrics: the pod's name, or what the configuration says
 * @param address its address and UDP port
 * @param ready true also where the API leaves it out
 * @param serving able to answer, terminating or not; as {@code ready} where the API leaves it out
 * @param terminating on its way out
 * @param nodeName the node that it runs on, if known
 * @param zone the zone that it runs in, if known
 * @param weight its part of the datagrams where a listener goes by weights, 1 to {@link Downstream#MAX_WEIGHT}; 0
 *     everywhere: it is drained
 */
public record DiscoveredEndpoint(
        String name,
        InetSocketAddress address,
        boolean ready,
        boolean serving,
        boolean terminating,
        Optional<String> nodeName,
        Optional<String> zone,
        int weight) {

    /** A receiver that an earlier daemon sent datagrams to, of which nothing else is known until its source answers. */
    public static DiscoveredEndpoint adopted(InetSocketAddress address) {
        return configured(address.getAddress().getHostAddress(), address, 1);
    }

    /** A receiver from the configuration file: always there. */
    public static DiscoveredEndpoint configured(String name, InetSocketAddress address, int weight) {
        return new DiscoveredEndpoint(name, address, true, true, false, Optional.empty(), Optional.empty(), weight);
    }
}
