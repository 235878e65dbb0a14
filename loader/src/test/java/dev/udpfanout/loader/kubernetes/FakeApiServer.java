package dev.udpfanout.loader.kubernetes;

import dev.udpfanout.lab.LabNamespace;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.net.InetAddress;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** An API server on loopback that can go away and come back, on the same port and with the same content. */
public final class FakeApiServer implements AutoCloseable {
    private final FakeApi api = new FakeApi();
    private final Consumer<Runnable> place;
    private MockWebServer server;
    private int port;

    private FakeApiServer(Consumer<Runnable> place) {
        this.place = place;
    }

    static FakeApiServer running() {
        return running(Runnable::run);
    }

    /** One on the loopback interface of a network namespace. */
    public static FakeApiServer runningIn(LabNamespace namespace) {
        // The server's threads are begun by the one that starts it, and so are in the same namespace (clone(2)).
        return running(start -> namespace.call(() -> {
            start.run();
            return null;
        }));
    }

    private static FakeApiServer running(Consumer<Runnable> place) {
        FakeApiServer fake = new FakeApiServer(place);
        fake.comeBack();
        return fake;
    }

    /** One that has an address, but does not answer there before {@link #comeBack()}. */
    static FakeApiServer absent() {
        FakeApiServer fake = running();
        fake.goAway();
        return fake;
    }

    /** What it answers. */
    public FakeApi api() {
        return api;
    }

    /** The requests so far that are of a kind. */
    public List<RecordedRequest> requests(Predicate<RecordedRequest> which) {
        return api.requests().stream().filter(which).toList();
    }

    /** As the daemon makes it. */
    KubernetesClient client() {
        return KubernetesClients.connect(config());
    }

    /** A kubeconfig file's content that leads to it. */
    public String kubeconfig() {
        return """
                apiVersion: v1
                kind: Config
                clusters: [ { name: lab, cluster: { server: "http://127.0.0.1:%d" } } ]
                users: [ { name: lab, user: {} } ]
                contexts: [ { name: lab, context: { cluster: lab, user: lab } } ]
                current-context: lab
                """.formatted(port);
    }

    private Config config() {
        return new ConfigBuilder(Config.empty())
                .withMasterUrl("http://127.0.0.1:" + port)
                .build();
    }

    /** Ends all connections and refuses new ones. */
    public void goAway() {
        api.forgetWatches();
        server.shutdown();
        server = null;
    }

    /** Listens again where it did before. */
    public void comeBack() {
        place.accept(() -> {
            server = new MockWebServer();
            server.setDispatcher(api);
            server.start(InetAddress.getLoopbackAddress(), port);
            port = server.getPort();
        });
    }

    @Override
    public void close() {
        if (server != null) {
            goAway();
        }
    }
}
