package dev.udpfanout.loader.kubernetes.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.loader.kubernetes.fake.Eventually;
import dev.udpfanout.loader.kubernetes.fake.FakeApi;
import dev.udpfanout.loader.kubernetes.fake.FakeApiServer;
import dev.udpfanout.loader.kubernetes.fake.FakeService;
import dev.udpfanout.loader.kubernetes.fake.Slices;
import dev.udpfanout.loader.kubernetes.fake.TestTiming;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.mockwebserver.dsl.HttpMethod;
import io.fabric8.mockwebserver.http.MockResponse;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several listeners that publish one Service, and what an earlier version published for all of them. */
@Tag("unit")
@Timeout(60)
class PublishedListenersTest {
    private static final String EARLIER = "syslog-udp-fanout-node-a";

    private final FakeApiServer server = FakeApiServer.running();
    private final KubernetesClient client = server.client();

    @BeforeEach
    void createService() {
        client.resource(FakeService.withVips("192.0.2.10")).create();
    }

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    private void publish(String address, int port) {
        try (ReadinessPublisher publisher = new ReadinessPublisher(
                client, FakeService.NAME, new InetSocketAddress(address, port), "node-a", TestTiming.PUBLISHER)) {
            publisher.start();
            publisher.publish(true);
            Eventually.isTrue(() -> publisher.state().published(), publisher::state);
        }
    }

    private Map<String, EndpointSlice> slices() {
        return client.discovery().v1().endpointSlices().inNamespace("logging").list().getItems().stream()
                .collect(Collectors.toMap(slice -> slice.getMetadata().getName(), slice -> slice));
    }

    private void createEarlier(String managedBy) {
        client.resource(new EndpointSliceBuilder(
                                Slices.ofService(EARLIER, "syslog", 5514, Slices.pod("node-a", "10.255.0.1")))
                        .editMetadata()
                        .withNamespace("logging")
                        .addToLabels("endpointslice.kubernetes.io/managed-by", managedBy)
                        .endMetadata()
                        .build())
                .create();
    }

    @Test
    void shouldKeepASliceForEachPortAndFamily() {
        publish("10.255.0.1", 5514);
        publish("10.255.0.1", 5515);
        publish("fd00::1", 5514);

        Map<String, EndpointSlice> slices = slices();
        assertEquals(
                Set.of(
                        "syslog-udp-fanout-node-a-5514-ipv4",
                        "syslog-udp-fanout-node-a-5515-ipv4",
                        "syslog-udp-fanout-node-a-5514-ipv6"),
                slices.keySet());
        slices.forEach((name, slice) -> {
            assertTrue(name.endsWith("-" + slice.getPorts().getFirst().getPort() + "-"
                    + slice.getAddressType().toLowerCase(java.util.Locale.ROOT)));
            assertTrue(slice.getEndpoints().getFirst().getConditions().getReady());
        });
    }

    @Test
    void shouldLeaveNoEndpointInTheSliceOfAnEarlierVersionOnceItsOwnIsThere() {
        createEarlier("udp-fanout");

        publish("10.255.0.1", 5514);

        assertEquals(Set.of("syslog-udp-fanout-node-a-5514-ipv4", EARLIER), slices().keySet());
        EndpointSlice earlier = slices().get(EARLIER);
        assertEquals(List.of(), earlier.getEndpoints());
        assertEquals(List.of(), earlier.getPorts());
        List<String> patched = server.requests(request -> request.method() == HttpMethod.PATCH).stream()
                .map(request -> request.getPath().split("\\?")[0].replaceAll(".*/", ""))
                .toList();
        assertEquals(List.of("syslog-udp-fanout-node-a-5514-ipv4", EARLIER), patched);
    }

    @Test
    void shouldLeaveASliceOfThatNameAloneWhenItIsSomebodyElses() {
        // As an API server answers to a "test" that fails.
        server.api()
                .disturb((request, usual) -> FakeApi.contentType(request).equals("application/json-patch+json")
                        ? new MockResponse().setResponseCode(422)
                        : usual.apply(request));
        createEarlier("staff");

        publish("10.255.0.1", 5514);

        assertEquals(1, slices().get(EARLIER).getEndpoints().size());
        assertTrue(server.requests(request -> request.method() == HttpMethod.PATCH)
                .getLast()
                .getUtf8Body()
                .contains("\"test\""));
    }

    @Test
    void shouldTryAgainWhenTheSliceOfAnEarlierVersionCannotBeEmptied() {
        createEarlier("udp-fanout");
        Set<String> failed = new TreeSet<>();
        server.api()
                .disturb((request, usual) -> FakeApi.contentType(request).equals("application/json-patch+json")
                                && failed.add(request.getPath())
                        ? new MockResponse().setResponseCode(500)
                        : usual.apply(request));

        publish("10.255.0.1", 5514);

        assertEquals(1, failed.size());
        assertEquals(List.of(), slices().get(EARLIER).getEndpoints());
    }

    @Test
    void shouldDeleteAllOfANodesSlicesAndNoOthers() {
        createEarlier("udp-fanout");
        publish("10.255.0.1", 5514);
        publish("fd00::1", 5515);
        publish("10.255.0.1", 9999);

        assertEquals(1, PublishedSlices.delete(client, Map.of(FakeService.NAME, Set.of(5514, 5515)), "node-a"));

        assertEquals(Set.of("syslog-udp-fanout-node-a-9999-ipv4"), slices().keySet());
    }
}
