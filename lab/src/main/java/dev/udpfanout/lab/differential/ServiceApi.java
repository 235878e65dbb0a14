package dev.udpfanout.lab.differential;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.differential.service.AnnotatedObjects;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What an API server tells a node's daemon of one Service, {@code logging/syslog}: its VIP and ports, which never
 * change. It takes whatever EndpointSlices the daemon publishes. From it the daemon knows for which VIP it takes
 * datagrams.
 */
final class ServiceApi implements AutoCloseable {
    private static final String PORT = "{\"name\":\"%s\",\"protocol\":\"UDP\",\"port\":%2$d,\"targetPort\":%2$d}";
    private static final String SERVICES = """
            {"kind":"ServiceList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[{
            "metadata":{"name":"syslog","namespace":"logging","uid":"1","resourceVersion":"1"},
            "spec":{"type":"LoadBalancer","externalTrafficPolicy":"Local","clusterIP":"%s","ports":[%s]},
            "status":{"loadBalancer":{"ingress":[{"ip":"%s"}]}}}]}
            """;
    private static final String NO_SLICES = """
            {"kind":"EndpointSliceList","apiVersion":"discovery.k8s.io/v1","metadata":{"resourceVersion":"1"},"items":[]}
            """;
    private static final String SLICE_VERSIONS = """
            {"kind":"APIGroup","apiVersion":"v1","name":"discovery.k8s.io",
            "versions":[{"groupVersion":"discovery.k8s.io/v1","version":"v1"}]}
            """;
    private static final String APPLY = "application/apply-patch+yaml";
    private static final Pattern READY = Pattern.compile("\"?ready\"?\\s*:\\s*true");
    private static final String KUBECONFIG = """
            apiVersion: v1
            kind: Config
            clusters: [ { name: lab, cluster: { server: "http://127.0.0.1:%d" } } ]
            users: [ { name: lab, user: {} } ]
            contexts: [ { name: lab, context: { cluster: lab, user: lab } } ]
            current-context: lab
            """;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final String services;
    private final String slices;
    private final Set<String> ready = ConcurrentHashMap.newKeySet();
    private Path kubeconfig;

    private ServiceApi(HttpServer server, String services, String slices) {
        this.server = server;
        this.services = services;
        this.slices = slices;
    }

    private static String published(String clusterIp, String vip) {
        String ports = Arrays.stream(Spread.values())
                .map(spread -> PORT.formatted(spread.label().replace('_', '-'), spread.port()))
                .collect(Collectors.joining(","));
        return SERVICES.formatted(clusterIp, ports, vip);
    }

    /** Starts one on a node's loopback interface; closed with the network. */
    static ServiceApi start(LabNamespace node, String clusterIp, String vip) {
        return listing(node, published(clusterIp, vip), NO_SLICES);
    }

    /** As above, with annotated Services. */
    static ServiceApi ofServices(LabNamespace node, AnnotatedObjects objects) {
        return listing(node, objects.services(), objects.slices());
    }

    private static ServiceApi listing(LabNamespace node, String services, String slices) {
        try {
            HttpServer server = node.call(() -> HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0));
            ServiceApi api = node.closedWithTopology(new ServiceApi(server, services, slices));
            server.setExecutor(api.threads);
            server.createContext("/", api::answer);
            server.start();
            Path kubeconfig = Files.createTempFile("udp-fanout-differential-", ".kubeconfig");
            node.<AutoCloseable>closedWithTopology(() -> Files.deleteIfExists(kubeconfig));
            api.kubeconfig = Files.writeString(
                    kubeconfig, KUBECONFIG.formatted(server.getAddress().getPort()));
            return api;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The file that leads there. */
    Path kubeconfig() {
        return kubeconfig;
    }

    /**
     * Waits until the daemon has published so many slices as ready: kube-proxy would lead no datagrams to it before.
     */
    void awaitReady(int slices, Duration limit) {
        if (!BoundedWait.until(() -> ready.size() >= slices, limit)) {
            throw new IllegalStateException(
                    ready.size() + " of " + slices + " slices ready after " + limit.toSeconds() + " s");
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String query = String.valueOf(exchange.getRequestURI().getQuery());
        byte[] sent = exchange.getRequestBody().readAllBytes();
        if (query.contains("watch=true") || query.contains("watch=1")) {
            // Nothing ever happens: the answer has begun, and does not end before the server does.
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().flush();
            return;
        }
        String kind = String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type"));
        if (kind.startsWith(APPLY)) {
            note(path, new String(sent, StandardCharsets.UTF_8));
            reply(exchange, 200, sent);
        } else if (path.endsWith("/services")) {
            reply(exchange, 200, services.getBytes(StandardCharsets.UTF_8));
        } else if (path.endsWith("/endpointslices")) {
            reply(exchange, 200, slices.getBytes(StandardCharsets.UTF_8));
        } else if (path.equals("/apis/discovery.k8s.io")) {
            reply(exchange, 200, SLICE_VERSIONS.getBytes(StandardCharsets.UTF_8));
        } else {
            reply(exchange, 404, "{}".getBytes(StandardCharsets.UTF_8));
        }
    }

    private void note(String slice, String content) {
        if (READY.matcher(content).find()) {
            ready.add(slice);
        } else {
            ready.remove(slice);
        }
    }

    private static void reply(HttpExchange exchange, int status, byte[] json) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, json.length);
        exchange.getResponseBody().write(json);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
