package dev.udpfanout.loader.kubernetes.slice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.loader.config.KubernetesSource.Port;
import dev.udpfanout.loader.control.DiscoveredEndpoint;
import dev.udpfanout.loader.kubernetes.api.ServiceName;
import dev.udpfanout.loader.kubernetes.discovery.EndpointDiscovery;
import dev.udpfanout.loader.kubernetes.fake.Eventually;
import dev.udpfanout.loader.kubernetes.fake.FakeApiServer;
import dev.udpfanout.loader.kubernetes.fake.FakeService;
import dev.udpfanout.loader.kubernetes.fake.LogLines;
import dev.udpfanout.loader.kubernetes.publish.ReadinessPublisher;
import dev.udpfanout.loader.kubernetes.watch.ResourceWatch;
import dev.udpfanout.loader.kubernetes.watch.WatchState;
import io.fabric8.kubernetes.api.model.discovery.v1beta1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1beta1.EndpointSliceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Kubernetes 1.19 and 1.20 have EndpointSlices only as v1beta1; others have none. */
@Tag("unit")
@Timeout(60)
class OldServersTest {
    private static final ServiceName RECEIVERS = new ServiceName("logging", "receivers");

    private final FakeApiServer server = FakeApiServer.running();
    private final KubernetesClient client = server.client();
    private final List<List<DiscoveredEndpoint>> reported = new CopyOnWriteArrayList<>();
    private final EndpointDiscovery discovery =
            new EndpointDiscovery(client, RECEIVERS, new Port.Name("syslog"), reported::add);
    private final ReadinessPublisher publisher =
            new ReadinessPublisher(client, FakeService.NAME, new InetSocketAddress("10.255.0.1", 5514), "node-a");

    @AfterEach
    void close() {
        discovery.close();
        publisher.close();
        client.close();
        server.close();
    }

    private void createReceivers() {
        client.resource(new EndpointSliceBuilder()
                        .withNewMetadata()
                        .withNamespace("logging")
                        .withName("receivers-abc")
                        .addToLabels("kubernetes.io/service-name", "receivers")
                        .endMetadata()
                        .withAddressType("IPv4")
                        .addNewPort()
                        .withName("syslog")
                        .withProtocol("UDP")
                        .withPort(5514)
                        .endPort()
                        .addNewEndpoint()
                        .withAddresses("10.42.0.11")
                        .withNewConditions()
                        .withReady(true)
                        .endConditions()
                        .addToTopology("kubernetes.io/hostname", "node-b")
                        .endEndpoint()
                        .build())
                .create();
    }

    private EndpointSlice published() {
        return client.discovery()
                .v1beta1()
                .endpointSlices()
                .inNamespace("logging")
                .withName("syslog-udp-fanout-node-a-5514-ipv4")
                .get();
    }

    @Test
    void shouldListTheSlicesOfAServiceAndNoOthers() {
        server.api().haveSlices("v1beta1");
        createReceivers();

        List<String> names = new SliceApi(client)
                .list(RECEIVERS).stream()
                        .map(slice -> slice.getMetadata().getName())
                        .toList();
        assertEquals(List.of("receivers-abc"), names);
        assertEquals(List.of(), new SliceApi(client).list(new ServiceName("logging", "others")));
    }

    @Test
    void shouldDiscoverAndPublishWithTheOldVersionWhereThereIsNoNewer() {
        server.api().haveSlices("v1beta1");
        createReceivers();
        client.resource(FakeService.withVips("192.0.2.10")).create();

        discovery.start();
        publisher.start();
        publisher.publish(true);

        Eventually.isTrue(() -> !reported.isEmpty() && reported.getLast().size() == 1, reported::toString);
        assertEquals("node-b", reported.getLast().getFirst().nodeName().orElseThrow());
        assertTrue(reported.getLast().getFirst().serving());
        Eventually.isTrue(() -> publisher.state().published(), publisher::state);
        assertNotNull(published());
        assertEquals(
                "node-a", published().getEndpoints().getFirst().getTopology().get("kubernetes.io/hostname"));

        Eventually.isTrue(() -> publisher.watchStates().allMatch(WatchState::connected), publisher::state);
        client.resource(published()).delete();
        Eventually.isTrue(() -> published() != null, publisher::state);

        assertTrue(publisher.withdraw(Duration.ofSeconds(20)));
        assertEquals(
                false, published().getEndpoints().getFirst().getConditions().getReady());
    }

    @Test
    void shouldTakeTheNewerVersionOnceTheServerHasIt() {
        server.api().haveSlices("v1beta1");
        createReceivers();
        client.resource(FakeService.withVips("192.0.2.10")).create();
        publisher.start();
        publisher.publish(true);
        Eventually.isTrue(() -> publisher.state().published(), publisher::state);

        server.api().haveSlices("v1");
        publisher.publish(false);

        Eventually.isTrue(
                () -> client.discovery()
                                .v1()
                                .endpointSlices()
                                .inNamespace("logging")
                                .withName("syslog-udp-fanout-node-a-5514-ipv4")
                                .get()
                        != null,
                publisher::state);
    }

    @Test
    void shouldSayInOneLineWhatIsMissingWhereThereIsNone() {
        try (LogLines log = LogLines.of(ResourceWatch.class)) {
            server.api().haveSlices();
            discovery.start();

            Eventually.isTrue(
                    () -> log.count("this API server has neither discovery.k8s.io/v1 nor discovery.k8s.io/v1beta1: "
                                    + "EndpointSlices take Kubernetes 1.19 or newer")
                            == 1,
                    log::all);
        }
    }
}
