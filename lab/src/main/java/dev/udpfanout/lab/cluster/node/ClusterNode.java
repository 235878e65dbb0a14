package dev.udpfanout.lab.cluster.node;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.MacAddress;
import dev.udpfanout.lab.SegmentPlan;
import dev.udpfanout.lab.SegmentTopology;
import dev.udpfanout.lab.cluster.controlplane.ControlPlane;
import dev.udpfanout.lab.cluster.controlplane.ProxyMode;
import dev.udpfanout.lab.process.LabProcess;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAddress;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/** A node: its namespace, its object at the API server, its kube-proxy, and places for pods. */
public final class ClusterNode {
    private static final Duration PROXY_LIMIT = Duration.ofSeconds(60);

    private final SegmentTopology topology;
    private final int number;
    private final Deque<PodPlace> free = new ArrayDeque<>();
    private LabProcess proxy;

    /**
     * Where a pod can be.
     *
     * @param namespace with an eth0
     * @param addresses eth0's: one of each family that the cluster has, IPv4's first
     */
    record PodPlace(LabNamespace namespace, List<String> addresses) {}

    /**
     * A node of a topology; its first pod sends, and the others are places for receivers.
     *
     * @param number from 1
     */
    public ClusterNode(SegmentTopology topology, int number) {
        this.topology = topology;
        this.number = number;
        List<LabNamespace> pods = topology.pods(number);
        for (int pod = 2; pod <= pods.size(); pod++) {
            free.add(new PodPlace(
                    pods.get(pod - 1),
                    families(
                            topology.plan().podAddress(number, pod),
                            topology.plan().podAddress6(number, pod))));
        }
    }

    /** The node's name in Kubernetes: node-a is the first. */
    public String name() {
        return name(number);
    }

    /** The name of the node with a number; that of the first is 1. */
    public static String name(int number) {
        return "node-" + (char) ('a' + number - 1);
    }

    public LabNamespace namespace() {
        return topology.node(number);
    }

    public String address() {
        return topology.plan().nodeAddress(number);
    }

    /** Its IPv6 address, where the cluster has both families. */
    public String address6() {
        return topology.plan().nodeAddress6(number);
    }

    /** Those of the families that the cluster has. */
    private List<String> families(String ipv4, String ipv6) {
        return topology.plan().ipv6() ? List.of(ipv4, ipv6) : List.of(ipv4);
    }

    /** The link-layer address of eth0. */
    public MacAddress mac() {
        return topology.plan().nodeMac(number);
    }

    /** The pod of this node that sends. */
    public LabNamespace senderPod() {
        return topology.pods(number).getFirst();
    }

    /** A folder in bpffs that stands for the node's own bpffs. */
    Path pins() {
        return topology.pinDirectory(number);
    }

    synchronized int freePlaces() {
        return free.size();
    }

    /** The place that has been free for the longest time, so that addresses are not used again at once. */
    synchronized PodPlace take() {
        return free.remove();
    }

    synchronized void giveBack(PodPlace place) {
        free.add(place);
    }

    /** Makes the node known, ready and without taints, and starts kube-proxy. */
    public void join(ControlPlane controlPlane, ProxyMode mode) throws IOException {
        addRoutes();
        controlPlane.client().nodes().resource(node()).create();
        // The controller manager writes to it at the same time.
        boolean taken = BoundedWait.until(() -> isMadeReady(controlPlane), PROXY_LIMIT);
        if (!taken) {
            throw new IllegalStateException("the API server did not take what " + name() + " reports");
        }
        startProxy(controlPlane, mode);
    }

    private boolean isMadeReady(ControlPlane controlPlane) {
        try {
            Resource<Node> node = controlPlane.client().nodes().withName(name());
            node.edit(now -> new NodeBuilder(now)
                    .editSpec()
                    .withTaints(List.of())
                    .endSpec()
                    .build());
            node.editStatus(
                    now -> new NodeBuilder(now).withStatus(node().getStatus()).build());
            return true;
        } catch (KubernetesClientException e) {
            return false;
        }
    }

    /**
     * Ways to the other nodes' pods, and a default route, without which an address of a Service could not be sent to.
     */
    private void addRoutes() {
        SegmentPlan plan = topology.plan();
        StringBuilder batch = new StringBuilder("route add default via 192.168.1.254\n");
        if (plan.ipv6()) {
            batch.append("route add default via 2001:db8:1::254\n");
        }
        for (int other = 1; other <= plan.nodes(); other++) {
            if (other != number) {
                batch.append("route add 10.42.%d.0/24 via %s\n".formatted(other, plan.nodeAddress(other)));
                if (plan.ipv6()) {
                    batch.append("route add 2001:db8:42:%d::/64 via %s\n".formatted(other, plan.nodeAddress6(other)));
                }
            }
        }
        namespace().execWithInput(batch.toString(), "ip", "-batch", "-");
    }

    private Node node() {
        Map<String, Quantity> capacity =
                Map.of("cpu", new Quantity("4"), "memory", new Quantity("8Gi"), "pods", new Quantity("110"));
        return new NodeBuilder()
                .withNewMetadata()
                .withName(name())
                .addToLabels("kubernetes.io/os", "linux")
                .addToLabels("kubernetes.io/hostname", name())
                .endMetadata()
                .withNewSpec()
                .withPodCIDR("10.42." + number + ".0/24")
                .withPodCIDRs(families("10.42." + number + ".0/24", "2001:db8:42:" + number + "::/64"))
                .endSpec()
                .withNewStatus()
                .addAllToAddresses(families(address(), address6()).stream()
                        .map(each -> new NodeAddress(each, "InternalIP"))
                        .toList())
                .addNewAddress(name(), "Hostname")
                .withCapacity(capacity)
                .withAllocatable(capacity)
                .addNewCondition()
                .withType("Ready")
                .withStatus("True")
                .withReason("KubeletReady")
                .endCondition()
                .endStatus()
                .build();
    }

    /** Conntrack's limits are the machine's, not a namespace's: they stay as they are. */
    private void startProxy(ControlPlane controlPlane, ProxyMode mode) throws IOException {
        proxy = namespace()
                .start(
                        controlPlane.release().program("kube-proxy"),
                        "--kubeconfig=" + controlPlane.proxyConfig(),
                        "--hostname-override=" + name(),
                        "--proxy-mode=" + mode.flag(),
                        "--cluster-cidr=" + String.join(",", families("10.42.0.0/16", "2001:db8:42::/48")),
                        "--conntrack-max-per-core=0",
                        "--conntrack-min=0",
                        "--conntrack-tcp-timeout-established=0s",
                        "--conntrack-tcp-timeout-close-wait=0s",
                        "--v=2");
        proxy.awaitLine("Caches are synced", PROXY_LIMIT);
    }
}
