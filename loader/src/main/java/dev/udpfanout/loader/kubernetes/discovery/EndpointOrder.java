package dev.udpfanout.loader.kubernetes.discovery;

import dev.udpfanout.loader.control.DiscoveredEndpoint;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Comparator;

/** How endpoints are ordered, so that the same slices always give the same list. */
final class EndpointOrder {
    /** IPv4 before IPv6, then by the address as a number, then by the port. */
    static final Comparator<DiscoveredEndpoint> BY_ADDRESS =
            Comparator.comparing(DiscoveredEndpoint::address, EndpointOrder::compare);

    private static final Comparator<DiscoveredEndpoint> BEST_FIRST = Comparator.comparing(
                    (DiscoveredEndpoint endpoint) -> !endpoint.ready())
            .thenComparing(endpoint -> !endpoint.serving())
            .thenComparing(DiscoveredEndpoint::terminating)
            .thenComparing(DiscoveredEndpoint::name)
            .thenComparing(endpoint -> endpoint.nodeName().orElse(""))
            .thenComparing(endpoint -> endpoint.zone().orElse(""))
            .thenComparing(DiscoveredEndpoint::weight);

    private EndpointOrder() {}

    /**
     * Of two entries for one address, the one to believe: an endpoint moves from slice to slice, and is in both for a
     * while.
     */
    static DiscoveredEndpoint better(DiscoveredEndpoint one, DiscoveredEndpoint other) {
        return BEST_FIRST.compare(one, other) <= 0 ? one : other;
    }

    private static int compare(InetSocketAddress one, InetSocketAddress other) {
        byte[] left = one.getAddress().getAddress();
        byte[] right = other.getAddress().getAddress();
        if (left.length != right.length) {
            return Integer.compare(left.length, right.length);
        }
        int byAddress = Arrays.compareUnsigned(left, right);
        return byAddress != 0 ? byAddress : Integer.compare(one.getPort(), other.getPort());
    }
}
