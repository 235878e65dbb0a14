package dev.udpfanout.loader.control;

import dev.udpfanout.loader.config.HealthConfig.OnAllUnhealthy;
import dev.udpfanout.loader.config.ReceiverSet;
import dev.udpfanout.loader.config.ReceiverSet.Downstream;
import dev.udpfanout.loader.config.ReceiverSet.Preference;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Decides which of the known endpoints a set of receivers uses. Nothing but arithmetic: the same input, the same
 * answer.
 *
 * @param nodeName this node's, as Kubernetes calls it
 * @param zone the zone that it is in, if known
 */
public record EndpointSelection(String nodeName, Optional<String> zone) {
    /**
     * Selects, of those that are not drained, in this order: those that are ready and not on their way out, or, if
     * there are none, those that still serve on their way out, as kube-proxy does; of these, those that no probe has
     * found down; of these, the preferred ones, if there are any. An address counts once. Weights are those of the
     * source where the policy goes by them, else all alike.
     *
     * @param known all that the source knows of, in the order of the round robin
     * @param down the endpoints that the probes have found down
     * @param onAllUnhealthy what to do when all of them are down
     */
    public EndpointSet select(
            ReceiverSet set,
            List<DiscoveredEndpoint> known,
            Set<InetSocketAddress> down,
            OnAllUnhealthy onAllUnhealthy) {
        List<DiscoveredEndpoint> candidates =
                candidates(set, only(known, endpoint -> endpoint.weight() != Downstream.DRAINED));
        List<DiscoveredEndpoint> healthy = only(candidates, endpoint -> !down.contains(endpoint.address()));
        if (healthy.isEmpty() && onAllUnhealthy == OnAllUnhealthy.FORWARD) {
            healthy = candidates;
        }
        List<DiscoveredEndpoint> preferred =
                only(healthy, endpoint -> isPreferred(set.source().preference(), endpoint));
        boolean weighted = set.policy().goesByWeights();
        return new EndpointSet(set.name(), endpoints(preferred.isEmpty() ? healthy : preferred, weighted));
    }

    /** One of which no node is known is taken as given: from the configuration, as a rule. */
    private boolean mayBeOnThisNode(DiscoveredEndpoint endpoint) {
        return endpoint.nodeName().isEmpty() || endpoint.nodeName().get().equals(nodeName);
    }

    /** Those that the set would use if they are well, the drained ones included: what is worth probing. */
    public List<DiscoveredEndpoint> candidates(ReceiverSet set, List<DiscoveredEndpoint> known) {
        List<DiscoveredEndpoint> eligible =
                set.delivery().onThisNodeOnly() ? only(known, this::mayBeOnThisNode) : known;
        List<DiscoveredEndpoint> ready = only(eligible, endpoint -> endpoint.ready() && !endpoint.terminating());
        return ready.isEmpty() ? only(eligible, endpoint -> endpoint.serving() && endpoint.terminating()) : ready;
    }

    private boolean isPreferred(Preference preference, DiscoveredEndpoint endpoint) {
        return switch (preference) {
            case ANY -> true;
            case SAME_NODE -> endpoint.nodeName().equals(Optional.of(nodeName));
            case SAME_ZONE -> zone.isPresent() && endpoint.zone().equals(zone);
        };
    }

    private static List<Endpoint> endpoints(List<DiscoveredEndpoint> selected, boolean weighted) {
        Set<InetSocketAddress> seen = new HashSet<>();
        List<Endpoint> endpoints = new ArrayList<>(selected.size());
        for (DiscoveredEndpoint endpoint : selected) {
            if (seen.add(endpoint.address())) {
                endpoints.add(new Endpoint(endpoint.name(), endpoint.address(), weighted ? endpoint.weight() : 1));
            }
        }
        return endpoints;
    }

    /** A Service of both families has endpoints of both; a datagram does not change its family on the way. */
    public static List<DiscoveredEndpoint> ofSameFamily(ReceiverSet receivers, List<DiscoveredEndpoint> endpoints) {
        boolean isIpv6 = receivers.source().family() == StandardProtocolFamily.INET6;
        return endpoints.stream()
                .filter(endpoint -> isIpv6 == endpoint.address().getAddress() instanceof Inet6Address)
                .toList();
    }

    private static List<DiscoveredEndpoint> only(List<DiscoveredEndpoint> all, Predicate<DiscoveredEndpoint> wanted) {
        return all.stream().filter(wanted).toList();
    }
}
