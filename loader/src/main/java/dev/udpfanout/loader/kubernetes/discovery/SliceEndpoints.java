package dev.udpfanout.loader.kubernetes.discovery;

import dev.udpfanout.loader.config.KubernetesSource.Port;
import dev.udpfanout.loader.control.DiscoveredEndpoint;
import dev.udpfanout.loader.kubernetes.api.LiteralAddress;
import dev.udpfanout.loader.kubernetes.api.Present;
import dev.udpfanout.loader.kubernetes.discovery.SliceFault.Kind;
import dev.udpfanout.loader.kubernetes.slice.SliceLabels;
import dev.udpfanout.loader.kubernetes.slice.SliceWatch;
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
 * The endpoints that a Service's EndpointSlices add up to, for one port. A slice or an endpoint that is no use is left
 * out, and noted; the others count.
 *
 * @param endpoints each address and port once, in the order of {@link EndpointOrder}
 * @param faults what is left out, or does not count as it was meant, in the order of {@link SliceFault#ORDER}
 */
public record SliceEndpoints(List<DiscoveredEndpoint> endpoints, List<SliceFault> faults) {
    static final SliceEndpoints NONE = new SliceEndpoints(List.of(), List.of());

    private static final String UDP = "UDP";
    private static final String NOT_AN_ADDRESS = "FQDN";
    private static final int MAX_PORT = 65_535;

    public SliceEndpoints {
        endpoints = List.copyOf(endpoints);
        faults = List.copyOf(faults);
    }

    /** Adds up all slices that there are; their order does not matter. */
    public static SliceEndpoints of(Collection<EndpointSlice> slices, Port port) {
        return of(slices, port, SliceWatch.MAX_ENDPOINTS, 0);
    }

    /**
     * Adds slices up; their order does not matter.
     *
     * @param most of all endpoints the first that many, by their addresses, are used
     * @param beyond how many there are in slices that are not among these
     */
    static SliceEndpoints of(Collection<EndpointSlice> slices, Port port, int most, int beyond) {
        Sum sum = new Sum(port);
        for (EndpointSlice slice : slices) {
            if (!NOT_AN_ADDRESS.equals(slice.getAddressType()) && !SliceLabels.isOfANode(slice)) {
                // Nodes that take the place of the Service's endpoints would send each other datagrams for ever.
                sum.add(slice);
            }
        }
        int tooMany = beyond + Math.max(0, sum.best.size() - most);
        if (tooMany > 0) {
            sum.faults.add(new SliceFault(Kind.TOO_MANY, "", "", tooMany));
        }
        return new SliceEndpoints(
                sum.best.values().stream()
                        .sorted(EndpointOrder.BY_ADDRESS)
                        .limit(most)
                        .toList(),
                sum.faults.stream().sorted(SliceFault.ORDER).toList());
    }

    /** How many endpoints are left out because of faults of a kind. */
    long leftOut(Kind kind) {
        return faults.stream()
                .filter(fault -> fault.kind() == kind)
                .mapToLong(SliceFault::endpoints)
                .sum();
    }

    /** What the slices so far add up to. */
    private static final class Sum {
        private final Map<InetSocketAddress, DiscoveredEndpoint> best = new HashMap<>();
        private final List<SliceFault> faults = new ArrayList<>();
        private final Port port;

        Sum(Port port) {
            this.port = port;
        }

        void add(EndpointSlice slice) {
            List<Endpoint> inSlice = Present.in(slice.getEndpoints());
            if (inSlice.isEmpty()) {
                // The controller's placeholder for a Service that selects no pod has no ports either.
                return;
            }
            String name = slice.getMetadata().getName();
            List<Integer> candidates = candidates(slice);
            OptionalInt number = candidates.stream()
                    .mapToInt(Integer::intValue)
                    .filter(each -> each >= 1 && each <= MAX_PORT)
                    .findFirst();
            if (number.isEmpty()) {
                faults.add(
                        candidates.isEmpty()
                                ? new SliceFault(Kind.WITHOUT_PORT, name, "", inSlice.size())
                                : new SliceFault(
                                        Kind.BAD_PORT, name, String.valueOf(candidates.getFirst()), inSlice.size()));
                return;
            }
            OptionalInt weight = SliceWeight.of(slice);
            if (weight.isEmpty()) {
                faults.add(new SliceFault(Kind.BAD_WEIGHT, name, "", 0));
            }
            inSlice.forEach(endpoint -> add(name, endpoint, number.getAsInt(), weight.orElse(1)));
        }

        /** The API: an endpoint's addresses are interchangeable, so the first will do. */
        private void add(String slice, Endpoint endpoint, int number, int weight) {
            String text =
                    Present.in(endpoint.getAddresses()).stream().findFirst().orElse("");
            Optional<InetAddress> address = LiteralAddress.parse(text);
            if (address.isEmpty()) {
                faults.add(new SliceFault(Kind.BAD_ADDRESS, slice, text, 1));
                return;
            }
            DiscoveredEndpoint found = discovered(endpoint, new InetSocketAddress(address.get(), number), weight);
            best.merge(found.address(), found, EndpointOrder::better);
        }

        /** The numbers of the slice's ports that are meant, be they ports or not. */
        private List<Integer> candidates(EndpointSlice slice) {
            List<EndpointPort> ports = Present.in(slice.getPorts());
            if (port instanceof Port.Number(int number) && ports.isEmpty()) {
                // A headless Service need not declare ports.
                return List.of(number);
            }
            return ports.stream()
                    .filter(candidate -> UDP.equals(candidate.getProtocol()) && candidate.getPort() != null)
                    .filter(candidate -> switch (port) {
                        case Port.Number(int number) -> candidate.getPort() == number;
                        // The only port of a Service need not have a name.
                        case Port.Name(String name) ->
                            name.equals(candidate.getName() == null ? "" : candidate.getName());
                    })
                    .map(EndpointPort::getPort)
                    .toList();
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
