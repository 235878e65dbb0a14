package dev.udpfanout.loader.endtoend.failover;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.SegmentPlan;
import dev.udpfanout.lab.SegmentTopology;
import dev.udpfanout.lab.kubeproxy.ExternalTrafficPolicy;
import dev.udpfanout.lab.kubeproxy.KubeProxy;
import dev.udpfanout.lab.kubeproxy.KubeProxyRules;
import dev.udpfanout.lab.kubeproxy.ServiceEndpoints;
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.loader.SequenceTraffic;
import dev.udpfanout.loader.cli.Distribution;
import dev.udpfanout.loader.endtoend.AdminClient;
import dev.udpfanout.loader.kubernetes.fake.FakeApiServer;
import dev.udpfanout.loader.kubernetes.fake.Slices;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One of the nodes: kube-proxy's rules, pods that receive, and the daemon. The daemon's receivers are the pods of its
 * node: each node has a receivers' Service of its own, so that a node without pods has nowhere to send to.
 */
final class FailoverNode {
    static final Duration LIMIT = Duration.ofSeconds(60);
    static final InetSocketAddress VIP = new InetSocketAddress(SegmentPlan.VIP, 5514);

    private static final int POD_PORT = 40514;

    private final SegmentTopology topology;
    private final int number;
    private final Path directory;
    private final FakeApiServer server;
    private final List<SequenceTraffic.Receiver> receivers;
    private LabProcess daemon;

    /** @param listenerKeys of its configuration, beside those that lead to this Service; each on a line of its own */
    FailoverNode(SegmentTopology topology, int number, Path directory, FakeApiServer server, List<String> listenerKeys)
            throws IOException {
        this.topology = topology;
        this.number = number;
        this.directory = directory;
        this.server = server;
        this.receivers = topology.pods(number).stream()
                .map(pod -> pod.closedWithTopology(new SequenceTraffic.Receiver(pod, POD_PORT)))
                .toList();
        Files.writeString(config(), """
                metrics: { bind: "127.0.0.1:9090" }
                drain_secs: 10
                health: { enabled: false, on_all_unhealthy: drop }
                listeners:
                  - name: syslog
                    bind: "10.255.0.1:5514"
                    interface: dummy0
                    kubernetes: { namespace: logging, service: receivers-%s, port: syslog }
                %s
                """.formatted(
                        name(), listenerKeys.stream().map(key -> "    " + key).collect(Collectors.joining("\n"))));
        serve(topology.plan().pods());
    }

    /** The node's name in Kubernetes. */
    String name() {
        return "node-" + (char) ('a' + number - 1);
    }

    int number() {
        return number;
    }

    LabNamespace namespace() {
        return topology.node(number);
    }

    AdminClient admin() {
        return new AdminClient(namespace());
    }

    LabProcess daemon() {
        return daemon;
    }

    Path pins() {
        return topology.pinDirectory(number);
    }

    /** Makes the first so many of the node's pods its receivers. */
    void serve(int pods) {
        Endpoint[] endpoints = IntStream.rangeClosed(1, pods)
                .mapToObj(pod -> Slices.pod(name() + "-" + pod, topology.plan().podAddress(number, pod)))
                .toArray(Endpoint[]::new);
        EndpointSlice slice = Slices.ofService("receivers-" + name() + "-1", "syslog", POD_PORT, endpoints);
        server.api()
                .put(new EndpointSliceBuilder(slice)
                        .editMetadata()
                        .addToLabels("kubernetes.io/service-name", "receivers-" + name())
                        .endMetadata()
                        .build());
    }

    /** Has the node's kube-proxy know these endpoints of the VIP's Service. */
    void loadKubeProxy(ExternalTrafficPolicy policy, ServiceEndpoints endpoints) {
        new KubeProxy(namespace()).load(KubeProxyRules.labService(VIP, policy, endpoints));
    }

    /** Starts the daemon. */
    void start(Path kubeconfig, List<String> moreArguments) {
        List<String> command = new ArrayList<>(
                List.of(Distribution.command(), "--config", config().toString(), "--pin-dir", pins().toString()));
        command.addAll(moreArguments);
        daemon = namespace()
                .start(
                        Map.of("KUBECONFIG", kubeconfig.toString(), "NODE_NAME", name()),
                        line -> {},
                        command.toArray(String[]::new));
    }

    /** Ends the daemon, if it runs, as the kernel would for lack of memory. */
    void kill() {
        if (daemon.isAlive()) {
            daemon.signal("KILL");
            daemon.awaitExit(LIMIT);
        }
    }

    /** Waits until the daemon is attached and sends to the node's pods. */
    void awaitReady() {
        daemon.awaitLine("ready listeners=", LIMIT);
        assertTrue(BoundedWait.until(() -> admin().page("/readyz").startsWith("ready"), LIMIT), () -> admin().page(
                        "/status"));
    }

    /**
     * Waits until the daemon, which must log at level debug, knows each pod's link: not before datagrams have been sent
     * there.
     */
    void awaitLinksKnown() {
        for (int pod = 1; pod <= topology.plan().pods(); pod++) {
            daemon.awaitLine(
                    "endpoint is behind link endpoint=\"%s\""
                            .formatted(topology.plan().podAddress(number, pod)),
                    LIMIT);
        }
    }

    long received() {
        return receivers.stream().mapToLong(SequenceTraffic.Receiver::received).sum();
    }

    /** Which numbers the node's pods got. */
    BitSet numbers() {
        BitSet all = new BitSet();
        receivers.forEach(receiver -> all.or(receiver.numbers()));
        return all;
    }

    private Path config() {
        return directory.resolve(name() + ".yaml");
    }
}
