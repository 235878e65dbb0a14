package dev.udpfanout.loader.kubernetes.discovery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.loader.config.KubernetesSource.Port;
import dev.udpfanout.loader.control.DiscoveredEndpoint;
import dev.udpfanout.loader.kubernetes.fake.Slices;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;

/** The mapping against a model that is too simple to be wrong, and much too slow to be used. */
@Tag("unit")
class SliceEndpointsPropertyTest {
    private static final Port PORT = new Port.Name("syslog");

    @Provide
    Arbitrary<List<EndpointSlice>> slices() {
        // Few values of each, so that endpoints are often the same.
        Arbitrary<Boolean> condition = Arbitraries.of(true, false).injectNull(0.3);
        Arbitrary<Endpoint> endpoint = Combinators.combine(
                        Arbitraries.of("one", "two"),
                        Arbitraries.integers().between(1, 6),
                        condition,
                        condition,
                        condition)
                .as((name, host, ready, serving, terminating) ->
                        Slices.pod(name, "10.0.0." + host, ready, serving, terminating));
        return Combinators.combine(
                        Arbitraries.of("syslog", "syslog", "netflow"),
                        Arbitraries.of(5514, 6514),
                        endpoint.list().ofMaxSize(5))
                .as((portName, port, endpoints) ->
                        Slices.ofService("slice", portName, port, endpoints.toArray(Endpoint[]::new)))
                .list()
                .ofMaxSize(5);
    }

    @Property
    void shouldFindWhatTheModelFinds(@ForAll("slices") List<EndpointSlice> slices) {
        TreeMap<String, Set<Boolean>> readyByAddress = new TreeMap<>();
        for (EndpointSlice slice : slices) {
            for (EndpointPort port : slice.getPorts()) {
                for (Endpoint endpoint : slice.getEndpoints()) {
                    if (port.getName().equals("syslog")) {
                        Boolean ready = endpoint.getConditions().getReady();
                        readyByAddress
                                .computeIfAbsent(
                                        endpoint.getAddresses().getFirst() + ":" + port.getPort(),
                                        address -> new TreeSet<>())
                                .add(ready == null || ready);
                    }
                }
            }
        }
        TreeMap<String, Boolean> expected = new TreeMap<>();
        readyByAddress.forEach((address, ready) -> expected.put(address, ready.contains(true)));

        TreeMap<String, Boolean> actual = new TreeMap<>();
        List<DiscoveredEndpoint> endpoints = SliceEndpoints.of(slices, PORT).endpoints();
        for (DiscoveredEndpoint endpoint : endpoints) {
            String address = endpoint.address().getAddress().getHostAddress() + ":"
                    + endpoint.address().getPort();
            actual.put(address, endpoint.ready());
        }

        assertEquals(expected, actual);
        // One-digit hosts: the order of the texts is that of the numbers.
        assertEquals(
                List.copyOf(expected.keySet()),
                endpoints.stream()
                        .map(endpoint -> endpoint.address().getAddress().getHostAddress() + ":"
                                + endpoint.address().getPort())
                        .toList());
    }

    @Property
    void shouldNotDependOnTheOrderOfSlicesOrEndpoints(@ForAll("slices") List<EndpointSlice> slices, @ForAll long seed) {
        SliceEndpoints before = SliceEndpoints.of(slices, PORT);

        List<EndpointSlice> shuffled = new ArrayList<>(slices);
        Collections.shuffle(shuffled, new Random(seed));
        for (EndpointSlice slice : shuffled) {
            List<Endpoint> endpoints = new ArrayList<>(slice.getEndpoints());
            Collections.shuffle(endpoints, new Random(seed));
            slice.setEndpoints(endpoints);
        }

        assertEquals(before, SliceEndpoints.of(shuffled, PORT));
    }
}
