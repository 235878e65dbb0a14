package dev.udpfanout.loader.kubernetes.discovery;

import dev.udpfanout.loader.config.KubernetesSource.Port;
import dev.udpfanout.loader.control.DiscoveredEndpoint;
import dev.udpfanout.loader.kubernetes.slice.SliceLabels;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointConditions;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The endpoints that a Service's EndpointSlices add up to, for one port.
 *
 * @param endpoints each address and port once, in the order of {@link EndpointOrder}
 * @param slicesWithoutPort the names of the slices that have endpoints, but not the port, sorted
 * @param slicesWithBadWeight the names of the slices with a {@link SliceWeight} that is none, sorted; it counts as 1
 */
record SliceEndpoints(
        List<DiscoveredEndpoint> endpoints, List<String> slicesWithoutPort, List<String> slicesWithBadWeight) {
    private static final String UDP = "UDP";
    private static final String NOT_AN_ADDRESS = "FQDN";

    SliceEndpoints {
        endpoints = List.copyOf(endpoints);
        slicesWithoutPort = List.copyOf(slicesWithoutPort);
        slicesWithBadWeight = List.copyOf(slicesWithBadWeight);
    }

    /** Adds the slices up; their order does not matter. */
    static SliceEndpoints of(Collection<EndpointSlice> slices, Port port) {
        Map<InetSocketAddress, DiscoveredEndpoint> best = new HashMap<>();
        List<String> withoutPort = new ArrayList<>();
        List<String> withBadWeight = new ArrayList<>();
        for (EndpointSlice slice : slices) {
            if (NOT_AN_ADDRESS.equals(slice.getAddressType()) || SliceLabels.isOfANode(slice)) {
                // Nodes that take the place of the Service's endpoints would send each other datagrams for ever.
                continue;
            }
            List<Endpoint> inSlice = orEmpty(slice.getEndpoints());
            if (inSlice.isEmpty()) {
                // The controller's placeholder for a Service that selects no pod has no ports either.
                continue;
            }
            OptionalInt number = number(slice, port);
            if (number.isEmpty()) {
                withoutPort.add(slice.getMetadata().getName());
                continue;
            }
            OptionalInt weight = SliceWeight.of(slice);
            if (weight.isEmpty()) {
                withBadWeight.add(slice.getMetadata().getName());
            }
            for (Endpoint endpoint : inSlice) {
                address(endpoint)
                        .map(address -> discovered(
                                endpoint, new InetSocketAddress(address, number.getAsInt()), weight.orElse(1)))
                        .ifPresent(found -> best.merge(found.address(), found, EndpointOrder::better));
            }
        }
        return new SliceEndpoints(
                best.values().stream().sorted(EndpointOrder.BY_ADDRESS).toList(),
                withoutPort.stream().sorted().toList(),
                withBadWeight.stream().sorted().toList());
    }

    /** The API server writes an empty list as null. */
    private static <T> List<T> orEmpty(List<T> list) {
        return list == null ? List.of() : list;
    }

    private static OptionalInt number(EndpointSlice slice, Port port) {
        List<EndpointPort> ports = orEmpty(slice.getPorts());
        if (port instanceof Port.Number(int number) && ports.isEmpty()) {
            // A headless Service need not declare ports.
            return OptionalInt.of(number);
        }
        return ports.stream()
                .filter(candidate -> UDP.equals(candidate.getProtocol()) && candidate.getPort() != null)
                .filter(candidate -> switch (port) {
                    case Port.Number(int number) -> candidate.getPort() == number;
                    case Port.Name(String name) -> name.equals(candidate.getName());
                })
                .mapToInt(EndpointPort::getPort)
                .findFirst();
    }

    /** The API: an endpoint's addresses are interchangeable, so the first will do. */
    private static Optional<InetAddress> address(Endpoint endpoint) {
        try {
            return orEmpty(endpoint.getAddresses()).stream().findFirst().map(InetAddress::ofLiteral);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static DiscoveredEndpoint discovered(Endpoint endpoint, InetSocketAddress address, int weight) {
        Optional<EndpointConditions> conditions = Optional.ofNullable(endpoint.getConditions());
        boolean ready = conditions.map(EndpointConditions::getReady).orElse(true);
        boolean serving = conditions.map(EndpointConditions::getServing).orElse(ready);
        boolean terminating = conditions.map(EndpointConditions::getTerminating).orElse(false);
        return new DiscoveredEndpoint(
                name(endpoint, address),
                address,
                ready,
                serving,
                terminating,
                Optional.ofNullable(endpoint.getNodeName()),
                Optional.ofNullable(endpoint.getZone()),
                weight);
    }

    private static String name(Endpoint endpoint, InetSocketAddress address) {
        return Optional.ofNullable(endpoint.getTargetRef())
                .filter(target -> "Pod".equals(target.getKind()) && target.getName() != null)
                .map(target -> target.getName())
                .orElseGet(() -> address.getAddress().getHostAddress());
    }
}
