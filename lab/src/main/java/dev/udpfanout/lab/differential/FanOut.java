package dev.udpfanout.lab.differential;

import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.differential.service.AnnotatedObjects;
import dev.udpfanout.lab.differential.service.ServedServices;
import dev.udpfanout.lab.process.LabProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** The daemon on both nodes, as a DaemonSet has it, with a listener for each policy. */
final class FanOut implements AutoCloseable {
    /** An emulated machine whose host is busy verifies the programs of both nodes for minutes. */
    private static final Duration START_LIMIT = Duration.ofSeconds(600);

    private static final String DUMMY_ADDRESS = "10.255.0.1";
    private static final String DUMMY_ADDRESS6 = "fd00:255::1";
    private static final String POD_INTERFACE = "cni0";
    private static final String NIC_INTERFACES = "eth0, " + POD_INTERFACE;

    private final List<LabProcess> daemons = new ArrayList<>();
    private final List<ServiceApi> apis = new ArrayList<>();

    /**
     * Starts the daemons, and returns when all are ready.
     *
     * @param executable {@code bin/udp-fanout}
     * @param log told of each line that they say
     */
    static FanOut start(Path executable, Ground ground, Network network, Way way, Consumer<String> log) {
        FanOut fanOut = new FanOut();
        try {
            for (int node = 1; node <= Ground.NODES; node++) {
                fanOut.launch(executable, ground, network, way, node, log);
            }
            fanOut.daemons.forEach(daemon -> daemon.awaitLine("ready listeners=", START_LIMIT));
            if (way == Way.SERVICE) {
                int services = Spread.of(way).size();
                ground.nodes().forEach(node -> ServedServices.await(node, services, START_LIMIT));
            } else {
                fanOut.apis.forEach(api -> api.awaitReady(Spread.of(way).size(), START_LIMIT));
            }
            return fanOut;
        } catch (RuntimeException e) {
            fanOut.close();
            throw e;
        }
    }

    /** The address and port that a listener on node 1 has, and so where kube-proxy leads or a client sends. */
    static InetSocketAddress bind(Ground ground, boolean ipv6, Way way, Spread spread) {
        return bind(ground, ipv6, way, spread, 1);
    }

    private static InetSocketAddress bind(Ground ground, boolean ipv6, Way way, Spread spread, int node) {
        String address =
                switch (way) {
                    case DUMMY_INGRESS, DUMMY_EGRESS, USER_SPACE -> ipv6 ? DUMMY_ADDRESS6 : DUMMY_ADDRESS;
                    case NIC -> ground.nodeAddress(node, ipv6);
                    case VIP_DIRECT, SERVICE -> Ground.vip(ipv6);
                };
        return new InetSocketAddress(address, spread.port());
    }

    private void launch(Path executable, Ground ground, Network network, Way way, int node, Consumer<String> log) {
        LabNamespace namespace = ground.node(node);
        String name = "node" + node;
        Path config = write(namespace, yaml(ground, network, way, node));
        Map<String, String> environment = Map.of();
        if (way == Way.SERVICE || isPublished(network, way)) {
            ServiceApi api = way == Way.SERVICE
                    ? ServiceApi.ofServices(namespace, annotated(ground, network))
                    : ServiceApi.start(namespace, Ground.clusterIp(network.ipv6()), Ground.vip(network.ipv6()));
            apis.add(api);
            environment =
                    Map.of("NODE_NAME", name, "KUBECONFIG", api.kubeconfig().toString());
        }
        daemons.add(namespace.start(
                environment,
                line -> log.accept(name + " " + line),
                executable.toAbsolutePath().toString(),
                "run",
                "--config",
                config.toString(),
                "--pin-dir",
                ground.pinDirectory(node).toString()));
    }

    /** A Service for each policy. */
    private static AnnotatedObjects annotated(Ground ground, Network network) {
        AnnotatedObjects objects = new AnnotatedObjects(Ground.clusterIp(network.ipv6()), Ground.vip(network.ipv6()));
        for (Spread spread : Spread.of(Way.SERVICE)) {
            objects.addService(spread.word(), spread.annotations(), spread.port());
            addEndpoints(objects, ground, network, spread.word(), spread, PodReceiver.port(spread));
        }
        addEndpoints(objects, ground, network, Spread.MIRROR_SERVICE, Spread.MIRROR, PodReceiver.MIRROR_PORT);
        return objects;
    }

    private static void addEndpoints(
            AnnotatedObjects objects, Ground ground, Network network, String service, Spread portName, int port) {
        int number = 0;
        for (int node = 1; node <= Ground.NODES; node++) {
            if (network.reach().includes(node)) {
                for (InetSocketAddress endpoint : ground.endpoints(node, network.ipv6(), port)) {
                    objects.addEndpoint(service, portName.word(), ++number, endpoint, "node" + node);
                }
            }
        }
    }

    private static Path write(LabNamespace namespace, String yaml) {
        try {
            Path config = Files.createTempFile("udp-fanout-differential-", ".yaml");
            namespace.<AutoCloseable>closedWithTopology(() -> Files.deleteIfExists(config));
            return Files.writeString(config, yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String yaml(Ground ground, Network network, Way way, int node) {
        String withoutProbes = "health: { enabled: false }\n";
        if (way == Way.SERVICE) {
            return withoutProbes
                    + "services: { vip_interfaces: [%s], pod_interfaces: [%s] }\n"
                            .formatted(interfaces(network, way).replace(", " + POD_INTERFACE, ""), POD_INTERFACE);
        }
        StringBuilder yaml = new StringBuilder("metrics: { enabled: false }\n" + withoutProbes + "listeners:\n");
        for (Spread spread : Spread.of(way)) {
            yaml.append("  - { name: %s, bind: \"%s\", %s, %s, downstream: [%s]%s%s }\n"
                    .formatted(
                            spread.label(),
                            text(bind(ground, network.ipv6(), way, spread, node)),
                            way.yaml(interfaces(network, way)),
                            spread.yaml(),
                            items(endpoints(ground, network, spread), spread == Spread.WEIGHTED),
                            spread == Spread.MIRROR ? mirror(ground, network) : "",
                            isPublished(network, way) ? ", publish: { namespace: logging, service: syslog }" : ""));
        }
        return yaml.toString();
    }

    /** Whether the daemon is to know the Service: only so it knows whose tracked connections to delete. */
    private static boolean isPublished(Network network, Way way) {
        return network.trackedBefore() && way.isByDummy();
    }

    /** Also those by which senders on the node come, as docs/spreading.md has it. */
    private static String interfaces(Network network, Way way) {
        if (network.name().startsWith("router")) {
            return NIC_INTERFACES + ", eth1";
        }
        return way == Way.NIC && network.origins().contains(Origin.NODE) ? NIC_INTERFACES + ", lo" : NIC_INTERFACES;
    }

    private static String mirror(Ground ground, Network network) {
        List<InetSocketAddress> receivers = endpoints(ground, network, PodReceiver.MIRROR_PORT, network.reach());
        return ", mirror: { downstream: [%s] }".formatted(items(receivers, false));
    }

    /** Where a listener sends; with replies to node 1's own receivers alone, unless there are none. */
    static List<InetSocketAddress> endpoints(Ground ground, Network network, Spread spread) {
        boolean narrowed = spread == Spread.REPLIES && network.reach() == Network.Reach.BOTH;
        return endpoints(ground, network, PodReceiver.port(spread), narrowed ? Network.Reach.NODE_1 : network.reach());
    }

    private static List<InetSocketAddress> endpoints(Ground ground, Network network, int port, Network.Reach reach) {
        List<InetSocketAddress> endpoints = new ArrayList<>();
        for (int node = 1; node <= Ground.NODES; node++) {
            if (reach.includes(node)) {
                endpoints.addAll(ground.endpoints(node, network.ipv6(), port));
            }
        }
        return endpoints;
    }

    private static String items(List<InetSocketAddress> endpoints, boolean weighted) {
        int[] weight = {0};
        return endpoints.stream()
                .map(endpoint ->
                        "{ address: \"" + text(endpoint) + "\"" + (weighted ? ", weight: " + ++weight[0] : "") + " }")
                .collect(Collectors.joining(", "));
    }

    private static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    /** Has them end in order, which takes away what they have set up. */
    @Override
    public void close() {
        daemons.forEach(LabProcess::close);
    }
}
