package dev.udpfanout.loader.kubernetes.publish;

import dev.udpfanout.loader.kubernetes.fake.Eventually;
import dev.udpfanout.loader.kubernetes.fake.FakeApi;
import dev.udpfanout.loader.kubernetes.fake.FakeApiServer;
import dev.udpfanout.loader.kubernetes.fake.FakeService;
import dev.udpfanout.loader.kubernetes.fake.TestTiming;
import dev.udpfanout.loader.kubernetes.watch.WatchState;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointConditions;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;

/** A publisher of one node beside a fake API server. */
abstract class PublisherLab {
    static final Duration LONG = Duration.ofSeconds(20);
    static final String SLICE = "syslog-udp-fanout-node-a-5514-ipv4";

    final FakeApiServer server = FakeApiServer.running();
    final KubernetesClient client = server.client();
    final ReadinessPublisher publisher = new ReadinessPublisher(
            client, FakeService.NAME, new InetSocketAddress("10.255.0.1", 5514), "node-a", TestTiming.PUBLISHER);

    @AfterEach
    void close() {
        publisher.close();
        client.close();
        server.close();
    }

    EndpointSlice slice() {
        return client.discovery()
                .v1()
                .endpointSlices()
                .inNamespace("logging")
                .withName(SLICE)
                .get();
    }

    Service createService() {
        return client.resource(FakeService.withVips("192.0.2.10")).create();
    }

    EndpointConditions conditions() {
        return slice().getEndpoints().getFirst().getConditions();
    }

    void awaitPublished() {
        Eventually.isTrue(() -> publisher.state().published(), publisher::state);
    }

    void awaitWatch() {
        Eventually.isTrue(
                () -> publisher.watchStates().allMatch(WatchState::connected)
                        && server.api().watches().count() == 2,
                () -> publisher.watchStates().toList());
    }

    void awaitSlice(Predicate<EndpointSlice> condition) {
        Eventually.isTrue(
                () -> {
                    EndpointSlice slice = slice();
                    return slice != null && condition.test(slice);
                },
                this::slice);
    }

    List<RecordedRequest> applied() {
        return server.requests(request -> FakeApi.contentType(request).equals("application/apply-patch+yaml"));
    }
}
