package dev.udpfanout.loader.kubernetes.fake;

import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.loader.kubernetes.api.KubernetesClients;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.net.InetAddress;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * An API server, on loopback if not said otherwise, that can go away and come back, on the same port and with the same
 * content.
 */
public final class FakeApiServer implements AutoCloseable {
    private final FakeApi api;
    private final Consumer<Runnable> place;
    private final InetAddress address;
    private MockWebServer server;
    private int port;

    private FakeApiServer(FakeApi api, Consumer<Runnable> place, InetAddress address) {
        this.api = api;
        this.place = place;
        this.address = address;
    }

    /** One on this process's own loopback interface. */
    public static FakeApiServer running() {
        return running(new FakeApi(), Runnable::run, InetAddress.getLoopbackAddress());
    }

    /** One on the loopback interface of a network namespace. */
    public static FakeApiServer runningIn(LabNamespace namespace) {
        return runningIn(namespace, InetAddress.getLoopbackAddress());
    }

    /** One on an address of a network namespace. */
    public static FakeApiServer runningIn(LabNamespace namespace, InetAddress address) {
        // The server's threads are begun by the one that starts it, and so are in the same namespace (clone(2)).
        Consumer<Runnable> place = start -> namespace.call(() -> {
            start.run();
            return null;
        });
        return running(new FakeApi(), place, address);
    }

    /**
     * Another server for what this one answers, on this process's own loopback interface: for clients of the test's.
     */
    public FakeApiServer alsoOnLoopback() {
        return running(api, Runnable::run, InetAddress.getLoopbackAddress());
    }

    private static FakeApiServer running(FakeApi api, Consumer<Runnable> place, InetAddress address) {
        FakeApiServer fake = new FakeApiServer(api, place, address);
        fake.comeBack();
        return fake;
    }

    /** One that has an address, but does not answer there before {@link #comeBack()}. */
    public static FakeApiServer absent() {
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
    public KubernetesClient client() {
        return KubernetesClients.connect(config());
    }

    /** A kubeconfig file's content that leads to it. */
    public String kubeconfig() {
        return """
                apiVersion: v1
                kind: Config
                clusters: [ { name: lab, cluster: { server: "http://%s:%d" } } ]
                users: [ { name: lab, user: {} } ]
                contexts: [ { name: lab, context: { cluster: lab, user: lab } } ]
                current-context: lab
                """.formatted(address.getHostAddress(), port);
    }

    private Config config() {
        return new ConfigBuilder(Config.empty())
                .withMasterUrl("http://" + address.getHostAddress() + ":" + port)
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
            server.start(address, port);
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
