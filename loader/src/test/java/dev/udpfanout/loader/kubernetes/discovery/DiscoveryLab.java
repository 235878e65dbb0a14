package dev.udpfanout.loader.kubernetes.discovery;

import static dev.udpfanout.loader.kubernetes.fake.Slices.SERVICE;

import dev.udpfanout.loader.config.KubernetesSource.Port;
import dev.udpfanout.loader.control.DiscoveredEndpoint;
import dev.udpfanout.loader.kubernetes.fake.Eventually;
import dev.udpfanout.loader.kubernetes.fake.FakeApiServer;
import dev.udpfanout.loader.kubernetes.fake.Slices;
import dev.udpfanout.loader.kubernetes.fake.TestTiming;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;

/** Discovery of one Service beside a fake API server. */
abstract class DiscoveryLab {
    final List<List<DiscoveredEndpoint>> reported = new CopyOnWriteArrayList<>();
    FakeApiServer server = FakeApiServer.running();
    KubernetesClient client;
    EndpointDiscovery discovery;

    @AfterEach
    void close() {
        if (discovery != null) {
            discovery.close();
        }
        if (client != null) {
            client.close();
        }
        server.close();
    }

    void discover() {
        connect();
        discovery = new EndpointDiscovery(client, SERVICE, new Port.Name("syslog"), reported::add, TestTiming.WATCH);
        discovery.start();
    }

    void connect() {
        if (client == null) {
            client = server.client();
        }
    }

    void awaitWatch() {
        Eventually.isTrue(
                () -> discovery.state().connected() && server.api().watches().count() == 1, this::seen);
    }

    Resource<EndpointSlice> slice(Endpoint... endpoints) {
        connect();
        return client.resource(Slices.ofService("receivers-abc", "syslog", 5514, endpoints));
    }

    String seen() {
        return "reported " + reported + ", " + discovery.state();
    }

    void awaitNames(String... names) {
        List<String> expected = List.of(names);
        Eventually.isTrue(() -> expected.equals(lastNames()), this::seen);
    }

    List<String> lastNames() {
        return reported.isEmpty()
                ? List.of("nothing reported")
                : reported.getLast().stream().map(DiscoveredEndpoint::name).toList();
    }
}
