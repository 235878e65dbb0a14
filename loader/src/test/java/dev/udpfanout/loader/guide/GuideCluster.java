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
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import dev.udpfanout.loader.kubernetes.fake.FakeApiServer;
import dev.udpfanout.loader.kubernetes.fake.Slices;
import dev.udpfanout.loader.manifests.Manifests;
import dev.udpfanout.loader.manifests.Variant;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The cluster of the guide, with one node: what {@code kubectl apply} brings about is done by the manifests' own words. Stands
 * in for the kubelet, the endpoint-slice controller, kube-proxy and MetalLB; the daemon, the kernel and the traffic are real.
 */
final class GuideCluster implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int PODS = 3;
    private static final String NODE = "node-a";

    private final Topology topology = Topology.builder().pods(PODS).build();
    private final FakeApiServer server = topology.node().closedWithTopology(FakeApiServer.runningIn(topology.node()));
    private final Service receivers = Manifests.only(Service.class, "example-receivers.yaml");
    private final Service vip = Manifests.only(Service.class, "service-metallb.yaml");
    private final Path bpffs;
    private final GuideShells shells;
    private volatile JsonNode published;
    private LabProcess setUp;
    private LabProcess daemon;

    /**
     * Builds it, with nothing of udp-fanout in it.
     *
     * @param attach the key of the configuration: "auto" as the ConfigMap leaves it, or another
     */
    GuideCluster(Path directory, String attach) throws IOException {
        Bpffs.ensure();
        bpffs = Files.createDirectory(Bpffs.MOUNT_POINT.resolve(topology.node().name() + "-node"));
        Path kubeconfig = Files.writeString(directory.resolve("kubeconfig"), server.kubeconfig());
        Path configMap = Files.createDirectory(directory.resolve("config-map"));
        String config = Variant.METALLB.configMap().getData().get("config.yaml");
        String asDeployed = config.replace("mode: tc_ebpf", "mode: tc_ebpf\n    attach: " + attach);
        assertTrue(asDeployed.contains("attach: " + attach), asDeployed);
        Files.writeString(configMap.resolve("config.yaml"), asDeployed);
        shells = new GuideShells(
                topology, bpffs, configMap, Map.of("KUBECONFIG", kubeconfig.toString(), "NODE_NAME", NODE));
        server.api().onApply(slice -> published = Serialization.unmarshal(slice, JsonNode.class));
        server.api()
                .put(new ServiceBuilder(vip)
                        .withNewStatus()
                        .withNewLoadBalancer()
                        .addNewIngress()
                        .withIp(TopologyPlan.VIP)
                        .endIngress()
                        .endLoadBalancer()
                        .endStatus()
                        .build());
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

    /** Does what a kubectl command of the guide does to a cluster; most do nothing to this one. */
    void carryOut(String kubectl) {
        if (kubectl.contains("apply -f k8s/example-receivers.yaml") && daemon == null) {
            startReceivers();
        } else if (kubectl.contains("apply -k k8s/overlays/metallb")) {
            startDaemon();
        } else if (kubectl.contains("delete daemonset udp-fanout")) {
            daemon.signal("TERM");
            daemon.awaitExit(LIMIT);
        }
    }

    private void startReceivers() {
        ServicePort port = receivers.getSpec().getPorts().getFirst();
        topology.pods()
                .forEach(pod -> pod.closedWithTopology(
                        pod.call(() -> DatagramChannel.open().bind(new InetSocketAddress(port.getPort())))));
        var slice = Slices.ofService(
                "syslog-receivers-1",
                port.getName(),
                port.getPort(),
                IntStream.rangeClosed(1, PODS)
                        .mapToObj(n -> Slices.pod(
                                "syslog-receivers-" + n, topology.plan().podAddress(n)))
                        .toArray(Endpoint[]::new));
        slice.getMetadata().setNamespace(receivers.getMetadata().getNamespace());
        slice.getMetadata()
                .setLabels(Map.of(
                        "kubernetes.io/service-name", receivers.getMetadata().getName()));
        server.api().put(slice);
    }

    private void startDaemon() {
        setUp = shells.container(Variant.METALLB.pod().getInitContainers().getFirst());
        assertEquals(0, setUp.awaitExit(LIMIT), () -> setUp.lines().toString());
        daemon = shells.container(Variant.METALLB.container());
        daemon.awaitLine("ready listeners=", LIMIT);
        assertTrue(BoundedWait.until(this::isPublished, LIMIT), () -> published + "\n" + daemon.lines());
        leadVipToWhatIsPublished();
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
                        List.of(endpoint)));
    }

    @Override
    public void close() throws IOException {
        topology.close();
        Pins.removeAll(bpffs.resolve("udp-fanout"));
        Files.deleteIfExists(bpffs);
    }
}
