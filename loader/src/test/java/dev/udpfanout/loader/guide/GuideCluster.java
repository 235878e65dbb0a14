package dev.udpfanout.loader.guide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Bpffs;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.kubeproxy.ExternalTrafficPolicy;
import dev.udpfanout.lab.kubeproxy.KubeProxy;
import dev.udpfanout.lab.kubeproxy.KubeProxyRules;
import dev.udpfanout.lab.kubeproxy.ServicePortName;
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.loader.cli.Distribution;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import dev.udpfanout.loader.kubernetes.fake.FakeApiServer;
import dev.udpfanout.loader.kubernetes.fake.Slices;
import dev.udpfanout.loader.manifests.Manifests;
import dev.udpfanout.loader.manifests.Variant;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The cluster of the guide, with one node: what {@code kubectl apply} brings about is done by the manifests' own words.
 * Stands in for the kubelet, the endpoint-slice controller, kube-proxy and MetalLB; the daemon, the kernel and the
 * traffic are real.
 */
final class GuideCluster implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int PODS = 3;
    private static final String NODE = "node-a";
    private static final Pattern APPLIED = Pattern.compile("kubectl apply -f k8s/(\\S+)");

    private final Topology topology = Topology.builder().pods(PODS).build();
    private final FakeApiServer server = topology.node().closedWithTopology(FakeApiServer.runningIn(topology.node()));
    private final Service receivers = Manifests.only(Service.class, "example-receivers.yaml");
    private final Service vip = Manifests.only(Service.class, "service-metallb.yaml");
    private final Path bpffs;
    private final GuideShells shells;
    private final Set<String> namespaces = new HashSet<>();
    private final List<LabProcess> receiving = new ArrayList<>();
    private boolean configured;
    private boolean daemonHasEnded;
    private volatile JsonNode published;
    private LabProcess setUp;
    private LabProcess daemon;

    /**
     * Builds it, with nothing of udp-fanout in it.
     *
     * @param attach the key of the configuration, in place of the ConfigMap's
     */
    GuideCluster(Path directory, String attach) throws IOException {
        Bpffs.ensure();
        bpffs = Files.createDirectory(Bpffs.MOUNT_POINT.resolve(topology.node().name() + "-node"));
        Path kubeconfig = Files.writeString(directory.resolve("kubeconfig"), server.kubeconfig());
        Path configMap = Files.createDirectory(directory.resolve("config-map"));
        String config = Variant.METALLB.configMap().getData().get("config.yaml");
        assertTrue(config.contains("attach: clsact"), config);
        Files.writeString(configMap.resolve("config.yaml"), config.replace("attach: clsact", "attach: " + attach));
        shells = new GuideShells(
                topology, bpffs, configMap, Map.of("KUBECONFIG", kubeconfig.toString(), "NODE_NAME", NODE));
        server.api().onApply(slice -> published = Serialization.unmarshal(slice, JsonNode.class));
    }

    GuideShells shells() {
        return shells;
    }

    /** The EndpointSlice that the daemon has published. */
    JsonNode published() {
        return published;
    }

    /** What {@code kubectl logs} would show of a container; null stands for the daemon's. */
    List<String> log(String container) {
        return (container == null ? daemon : setUp).lines();
    }

    /** What {@code kubectl logs -l} would show of the receivers: the last lines of each. */
    List<String> logsOfReceivers(int tail) {
        return receiving.stream()
                .map(LabProcess::lines)
                .flatMap(lines -> lines.subList(Math.max(0, lines.size() - tail), lines.size()).stream())
                .toList();
    }

    /**
     * Does what a kubectl command of the guide does to a cluster; what has been done already, and the rest, does
     * nothing to this one.
     */
    void carryOut(String kubectl) {
        Matcher applied = APPLIED.matcher(kubectl);
        if (applied.matches()) {
            Manifests.in(applied.group(1)).forEach(resource -> apply(applied.group(1), resource));
        } else if (kubectl.contains("rollout status deployment/udp-receiver")) {
            assertEquals(PODS, receiving.size());
            receiving.forEach(receiver -> receiver.awaitLine("Receiving.", LIMIT));
        } else if (kubectl.equals("kubectl -n udp-fanout rollout status daemonset/udp-fanout") && !daemonHasEnded) {
            assertTrue(BoundedWait.until(this::isPublished, LIMIT), () -> published + "\n" + daemon.lines());
            leadVipToWhatIsPublished();
        } else if (kubectl.contains("delete daemonset udp-fanout")) {
            daemon.signal("TERM");
            daemon.awaitExit(LIMIT);
            daemonHasEnded = true;
        }
    }

    /** As the API server does: what has a namespace is refused where there is none of that name. */
    private void apply(String file, HasMetadata resource) {
        String namespace = resource.getMetadata().getNamespace();
        assertTrue(
                namespace == null || namespaces.contains(namespace),
                () -> file + ": namespaces \"" + namespace + "\" not found");
        switch (resource) {
            case Namespace made -> namespaces.add(made.getMetadata().getName());
            case ConfigMap ignored -> configured = true;
            case DaemonSet ignored when daemon == null && file.equals("daemonset-metallb.yaml") -> startDaemon();
            case Service service when service.equals(vip) -> server.api().put(withVip());
            case Deployment deployment when receiving.isEmpty() -> startReceivers(deployment);
            default -> {
                // Nothing here asks for it.
            }
        }
    }

    private Service withVip() {
        return new ServiceBuilder(vip)
                .withNewStatus()
                .withNewLoadBalancer()
                .addNewIngress()
                .withIp(TopologyPlan.VIP)
                .endIngress()
                .endLoadBalancer()
                .endStatus()
                .build();
    }

    private void startReceivers(Deployment deployment) {
        List<String> command = new ArrayList<>(List.of(Distribution.command()));
        command.addAll(deployment
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .getFirst()
                .getArgs());
        topology.pods().forEach(pod -> receiving.add(pod.start(command.toArray(String[]::new))));
        ServicePort port = receivers.getSpec().getPorts().getFirst();
        String service = receivers.getMetadata().getName();
        var slice = Slices.ofService(
                service + "-1",
                port.getName(),
                port.getPort(),
                IntStream.rangeClosed(1, PODS)
                        .mapToObj(n ->
                                Slices.pod(service + "-" + n, topology.plan().podAddress(n)))
                        .toArray(Endpoint[]::new));
        slice.getMetadata().setNamespace(receivers.getMetadata().getNamespace());
        slice.getMetadata().setLabels(Map.of("kubernetes.io/service-name", service));
        server.api().put(slice);
    }

    /** The pod starts as soon as there is its ConfigMap; that there are receivers is another matter. */
    private void startDaemon() {
        assertTrue(configured, "there is no ConfigMap udp-fanout yet");
        setUp = shells.container(Variant.METALLB.pod().getInitContainers().getFirst());
        assertEquals(0, setUp.awaitExit(LIMIT), () -> setUp.lines().toString());
        daemon = shells.container(Variant.METALLB.container());
        daemon.awaitLine("set up listeners=", LIMIT);
    }

    private boolean isPublished() {
        return published != null
                && published.at("/endpoints/0/conditions/ready").asBoolean()
                && daemon.lines().stream().anyMatch(line -> line.contains("published: ready"));
    }

    /** As kube-proxy and MetalLB do: by the endpoint of this node, whose port has the name of the Service's. */
    private void leadVipToWhatIsPublished() {
        ServicePort port = vip.getSpec().getPorts().getFirst();
        assertEquals(NODE, published.at("/endpoints/0/nodeName").asText());
        assertEquals(port.getName(), published.at("/ports/0/name").asText());
        assertEquals("Local", vip.getSpec().getExternalTrafficPolicy());
        InetSocketAddress endpoint = new InetSocketAddress(
                published.at("/endpoints/0/addresses/0").asText(),
                published.at("/ports/0/port").asInt());
        new KubeProxy(topology)
                .load(KubeProxyRules.labService(
                                new InetSocketAddress(TopologyPlan.VIP, port.getPort()),
                                ExternalTrafficPolicy.LOCAL,
                                List.of(endpoint))
                        .withName(new ServicePortName(
                                vip.getMetadata().getNamespace(),
                                vip.getMetadata().getName(),
                                port.getName())));
    }

    @Override
    public void close() throws IOException {
        topology.close();
        Pins.removeAll(bpffs.resolve("udp-fanout"));
        Files.deleteIfExists(bpffs);
    }
}
