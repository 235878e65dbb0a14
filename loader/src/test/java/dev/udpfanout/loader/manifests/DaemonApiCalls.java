package dev.udpfanout.loader.manifests;

import dev.udpfanout.loader.config.KubernetesSource.Port;
import dev.udpfanout.loader.config.ServicesConfig;
import dev.udpfanout.loader.kubernetes.api.NodeIdentity;
import dev.udpfanout.loader.kubernetes.api.ServiceName;
import dev.udpfanout.loader.kubernetes.discovery.EndpointDiscovery;
import dev.udpfanout.loader.kubernetes.discovery.VipWatch;
import dev.udpfanout.loader.kubernetes.fake.Eventually;
import dev.udpfanout.loader.kubernetes.fake.FakeApiServer;
import dev.udpfanout.loader.kubernetes.fake.FakeService;
import dev.udpfanout.loader.kubernetes.publish.ReadinessPublisher;
import dev.udpfanout.loader.kubernetes.services.AnnotatedService;
import dev.udpfanout.loader.kubernetes.services.ServiceDirectory;
import dev.udpfanout.loader.kubernetes.services.ServiceEvents;
import dev.udpfanout.loader.kubernetes.services.ServicesInForce;
import dev.udpfanout.loader.kubernetes.watch.WatchState;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.mockwebserver.dsl.HttpMethod;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/** What the daemon asks of the API server, found out by running it against one. */
public final class DaemonApiCalls {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private DaemonApiCalls() {}

    /**
     * A call as RBAC sees it.
     *
     * @param group the API group; empty for the core
     * @param namespace empty for what has none
     */
    public record Call(String verb, String group, String resource, String namespace) {
        private static Stream<Call> of(RecordedRequest request) {
            String[] parts = request.getPath().split("\\?")[0].substring(1).split("/");
            if (parts.length == 2) {
                // Which versions there are: no resource; everyone may ask, by the role system:discovery.
                return Stream.empty();
            }
            int at = parts[0].equals("api") ? 2 : 3;
            String group = parts[0].equals("api") ? "" : parts[1];
            boolean namespaced = parts[at].equals("namespaces");
            String namespace = namespaced ? parts[at + 1] : "";
            int resource = namespaced ? at + 2 : at;
            boolean named = parts.length > resource + 1;
            return verbs(request, named).map(verb -> new Call(verb, group, parts[resource], namespace));
        }

        private static Stream<String> verbs(RecordedRequest request, boolean named) {
            HttpMethod method = request.method();
            if (method == HttpMethod.GET) {
                return Stream.of(request.getPath().contains("watch=true") ? "watch" : named ? "get" : "list");
            }
            // Server-side apply of what is not there yet needs both.
            return switch (method) {
                case PATCH -> Stream.of("patch", "create");
                case POST -> Stream.of("create");
                default -> Stream.of(method.name());
            };
        }
    }

    /** The calls for receivers in one namespace and the VIP's Service in another; without {@link #ofZone}. */
    public static Set<Call> of(String receiversNamespace, String vipNamespace) {
        ServiceName receivers = new ServiceName(receiversNamespace, "receivers");
        ServiceName vip = new ServiceName(vipNamespace, FakeService.NAME.name());
        try (FakeApiServer server = FakeApiServer.running();
                KubernetesClient client = server.client()) {
            client.services()
                    .resource(FakeService.withUdpPort("syslog", 5514, 5514)
                            .editMetadata()
                            .withNamespace(vipNamespace)
                            .endMetadata()
                            .build())
                    .create();
            server.api().requests().clear();
            try (EndpointDiscovery discovery =
                            new EndpointDiscovery(client, receivers, new Port.Name("syslog"), endpoints -> {});
                    VipWatch vips = new VipWatch(client, vip, addresses -> {});
                    ReadinessPublisher publisher =
                            new ReadinessPublisher(client, vip, new InetSocketAddress("10.255.0.1", 5514), "node-1")) {
                discovery.start();
                vips.start();
                publisher.start();
                publisher.publish(true);
                Eventually.isTrue(
                        () -> discovery.state().connected()
                                && vips.state().connected()
                                && publisher.watchStates().allMatch(WatchState::connected)
                                && publisher.state().ready(),
                        () -> server.api().requests());
                if (!publisher.withdraw(TIMEOUT)) {
                    throw new AssertionError("not withdrawn: " + publisher.state());
                }
            }
            return calls(server);
        }
    }

    /**
     * The calls for annotated Services, of which one is refused, with an Event.
     *
     * @param namespaces in which they are; all if empty
     */
    static Set<Call> ofServices(Set<String> namespaces) {
        ServicesConfig config =
                new ServicesConfig(namespaces, false, List.of("eth0"), List.of("cni0"), Duration.ofMinutes(10));
        AtomicReference<List<AnnotatedService>> known = new AtomicReference<>(List.of());
        try (FakeApiServer server = FakeApiServer.running();
                KubernetesClient client = server.client();
                ServiceEvents events = new ServiceEvents(client);
                ServiceDirectory directory = new ServiceDirectory(client, config, known::set)) {
            server.api()
                    .put(FakeService.withUdpPort("syslog", 5514, 5514)
                            .editMetadata()
                            .addToAnnotations("udpfanout.dev/policy", "no_policy")
                            .endMetadata()
                            .build());
            server.api().requests().clear();
            directory.start();
            Eventually.isTrue(
                    () -> directory.states().stream().allMatch(WatchState::connected)
                            && !known.get().isEmpty(),
                    () -> server.api().requests());
            events.tell(new ServicesInForce(known.get()));
            Eventually.isTrue(
                    () -> calls(server).stream()
                            .anyMatch(call -> call.resource().equals("events")),
                    () -> server.api().requests());
            return calls(server);
        }
    }

    /** The calls for the node's zone. */
    public static Set<Call> ofZone() {
        try (FakeApiServer server = FakeApiServer.running();
                KubernetesClient client = server.client()) {
            new NodeIdentity("node-1", "default").zone(client);
            return calls(server);
        }
    }

    private static Set<Call> calls(FakeApiServer server) {
        Set<Call> calls = new HashSet<>();
        server.api().requests().stream().flatMap(Call::of).forEach(calls::add);
        return calls;
    }
}
