package dev.udpfanout.loader.kubernetes.services;

import static dev.udpfanout.loader.kubernetes.fake.Slices.identified;
import static dev.udpfanout.loader.kubernetes.fake.Slices.pod;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.loader.config.ServicesConfig;
import dev.udpfanout.loader.kubernetes.fake.Eventually;
import dev.udpfanout.loader.kubernetes.fake.FakeApiServer;
import dev.udpfanout.loader.kubernetes.fake.Slices;
import dev.udpfanout.loader.kubernetes.fake.TestTiming;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Services come and go, and their endpoints, in all namespaces or in one. */
@Tag("unit")
@Timeout(180)
class ServiceDirectoryTest {
    private final List<List<AnnotatedService>> told = new CopyOnWriteArrayList<>();
    private final FakeApiServer server = FakeApiServer.running();
    private final KubernetesClient client = server.client();
    private ServiceDirectory directory;

    @AfterEach
    void close() {
        directory.close();
        client.close();
        server.close();
    }

    private void start(Set<String> namespaces) {
        directory = new ServiceDirectory(
                client,
                new ServicesConfig(namespaces, false, List.of("eth0"), List.of("cni0"), Duration.ofMinutes(10)),
                told::add,
                TestTiming.WATCH);
        directory.start();
    }

    private void awaitEndpoints(int services, int endpoints) {
        Eventually.isTrue(
                () -> !told.isEmpty()
                        && told.getLast().size() == services
                        && told.getLast().stream()
                                .flatMap(each -> each.listeners().stream().limit(1))
                                .allMatch(each -> each.endpoints().size() == endpoints),
                () -> told);
    }

    /** By the whole way from the API server: what is kept of its slices must be enough. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldHearOfAPodsEndFromTheSliceOfAnotherService(boolean isOneNamespace) {
        server.api().put(Slices.ofService("receivers-1", "syslog", 5514, identified("uid", pod("a", "10.42.0.11"))));
        server.api().put(AnnotatedServices.spread().build());
        start(isOneNamespace ? Set.of("logging") : Set.of());
        awaitEndpoints(1, 1);

        EndpointSlice other = Slices.ofService(
                "other-1", "syslog", 5514, identified("uid", pod("a", "10.42.0.11", false, true, true)));
        other.getMetadata().getLabels().put("kubernetes.io/service-name", "other");
        server.api().put(other);

        Eventually.isTrue(
                () -> told.getLast()
                        .getFirst()
                        .listeners()
                        .getFirst()
                        .endpoints()
                        .getFirst()
                        .terminating(),
                () -> told);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldFollowServicesAndTheirEndpoints(boolean isOneNamespace) {
        server.api().put(Slices.ofService("receivers-1", "syslog", 5514, Slices.pod("a", "10.42.0.11")));
        start(isOneNamespace ? Set.of("logging") : Set.of());
        awaitEndpoints(0, 0);

        server.api().put(AnnotatedServices.spread().build());
        awaitEndpoints(1, 1);

        server.api()
                .put(Slices.ofService(
                        "receivers-1", "syslog", 5514, Slices.pod("a", "10.42.0.11"), Slices.pod("b", "10.42.0.12")));
        awaitEndpoints(1, 2);

        server.api()
                .put(AnnotatedServices.spread()
                        .editMetadata()
                        .withAnnotations(Map.of())
                        .endMetadata()
                        .build());
        awaitEndpoints(0, 0);

        server.api().put(AnnotatedServices.spread().build());
        awaitEndpoints(1, 2);
        server.api().delete(AnnotatedServices.spread().build());
        awaitEndpoints(0, 0);
        assertTrue(directory.states().stream().allMatch(state -> state.synced()));
    }

    @ParameterizedTest
    @ValueSource(strings = "another")
    void shouldNotLookIntoOtherNamespaces(String namespace) {
        server.api().put(AnnotatedServices.spread().build());
        start(Set.of(namespace));

        awaitEndpoints(0, 0);
        assertTrue(server.requests(request -> request.getPath().contains("logging"))
                .isEmpty());
    }

    /** Whoever may write one namespace could freeze all others' Services: 200 in one answer are more than is read. */
    @Test
    void shouldFollowServicesBesideOthersOfTheLargestSize() {
        server.api().put(Slices.ofService("receivers-1", "syslog", 5514, Slices.pod("a", "10.42.0.11")));
        server.api().put(AnnotatedServices.spread().build());
        String large = "x".repeat(250 * 1024);
        for (int i = 0; i < 70; i++) {
            server.api()
                    .put(AnnotatedServices.spread()
                            .editMetadata()
                            .withNamespace("hostile")
                            .withName("large-" + i)
                            .withAnnotations(Map.of("example.org/notes", large))
                            .endMetadata()
                            .build());
        }
        start(Set.of());
        awaitEndpoints(1, 1);
    }
}
