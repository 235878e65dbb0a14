package dev.udpfanout.loader.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.net.InetAddress;
import java.util.List;
import java.util.function.Predicate;

/** An API server on loopback that can go away and come back, on the same port and with the same content. */
final class FakeApiServer implements AutoCloseable {
    private final FakeApi api = new FakeApi();
    private MockWebServer server;
    private int port;

    private FakeApiServer() {}

    static FakeApiServer running() {
        FakeApiServer fake = new FakeApiServer();
        fake.comeBack();
        return fake;
    }

    /** One that has an address, but does not answer there before {@link #comeBack()}. */
    static FakeApiServer absent() {
        FakeApiServer fake = running();
        fake.goAway();
        return fake;
    }

    FakeApi api() {
        return api;
    }

    List<RecordedRequest> requests(Predicate<RecordedRequest> which) {
        return api.requests().stream().filter(which).toList();
    }

    /** As the daemon makes it. */
    KubernetesClient client() {
        return KubernetesClients.connect(config());
    }

    private Config config() {
        return new ConfigBuilder(Config.empty())
                .withMasterUrl("http://127.0.0.1:" + port)
                .build();
    }

    void goAway() {
        api.forgetWatches();
        server.shutdown();
        server = null;
    }

    void comeBack() {
        server = new MockWebServer();
        server.setDispatcher(api);
        server.start(InetAddress.getLoopbackAddress(), port);
        port = server.getPort();
    }

    @Override
    public void close() {
        if (server != null) {
            goAway();
        }
    }
}
