package dev.udpfanout.lab.cluster.scenario;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.SegmentPlan;
import dev.udpfanout.lab.SegmentTopology;
import dev.udpfanout.lab.cluster.controlplane.ControlPlane;
import dev.udpfanout.lab.cluster.controlplane.HelmRelease;
import dev.udpfanout.lab.cluster.controlplane.Kubectl;
import dev.udpfanout.lab.cluster.controlplane.KubernetesRelease;
import dev.udpfanout.lab.cluster.controlplane.ProxyMode;
import dev.udpfanout.lab.cluster.node.ClusterNode;
import dev.udpfanout.lab.cluster.node.DaemonPod;
import dev.udpfanout.lab.cluster.node.Kubelets;
import dev.udpfanout.lab.cluster.traffic.PodSockets;
import dev.udpfanout.lab.metallb.ServiceSpeaker;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.Inet6Address;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** A cluster: a control plane, nodes that join one by one, the guide's objects, and MetalLB's part. */
public final class Cluster implements AutoCloseable {
    /** Enough for a daemon to start and to be ready on a busy machine. */
    static final Duration LIMIT = Duration.ofSeconds(120);

    /** How many receivers the guide's example has. */
    static final int EXAMPLE_RECEIVERS = 3;

    private static final Duration POLL = Duration.ofMillis(100);
    private static final int NODES = 3;
    private static final int PODS = 30;

    private final Settings settings;
    private final SegmentTopology topology;
    private final ControlPlane controlPlane;
    private final PodSockets sockets;
    private final Kubelets kubelets;
    private final ServiceSpeaker speaker;
    private final ServicePlaces places;
    private final List<ClusterNode> nodes = new ArrayList<>();

    /**
     * What a cluster is to be.
     *
     * @param manifests the folder k8s of the repository
     * @param daemon the distribution's executable
     * @param folder for data; the caller's to remove
     * @param log told of what the daemons say
     */
    public record Settings(
            KubernetesRelease release,
            ProxyMode mode,
            Path manifests,
            Path daemon,
            Path folder,
            Consumer<String> log) {}

    /** Starts the control plane; there are no nodes yet. */
    public Cluster(Settings settings) throws IOException {
        this.settings = settings;
        topology = SegmentTopology.build(
                new SegmentPlan(NODES, PODS, settings.release().hasDualStack()));
        try {
            controlPlane = new ControlPlane(settings.release(), topology.segment(), settings.folder());
            sockets = new PodSockets();
            kubelets = new Kubelets(
                    new DaemonPod.Settings(controlPlane, settings.daemon(), settings.folder(), settings.log()),
                    sockets);
            speaker = new ServiceSpeaker(
                    controlPlane.client(), Lane.NAMESPACE, settings.release().discoveryVersion(), this::route);
            places = new ServicePlaces(controlPlane, speaker);
        } catch (IOException | RuntimeException e) {
            topology.close();
            throw e;
        }
    }

    /** Adds the next node, and waits for its kube-proxy. */
    public ClusterNode addNode() throws IOException {
        ClusterNode node = new ClusterNode(topology, nodes.size() + 1);
        node.join(controlPlane, settings.mode());
        speaker.add(node.name(), node.namespace(), node.mac());
        nodes.add(node);
        kubelets.add(node);
        return node;
    }

    /** As by BGP, of which the client is the router: MetalLB's way for a VIP that ARP cannot announce. */
    private void route(Inet6Address vip, String owner) {
        nodes.stream().filter(node -> node.name().equals(owner)).forEach(node -> topology.client()
                .exec("ip", "route", "replace", vip.getHostAddress() + "/128", "via", node.address6()));
    }

    /** Types the guide's commands: kubectl apply of each file, in this order. */
    public void applyGuide() {
        for (String file : List.of(
                "rbac.yaml",
                "configmap-metallb.yaml",
                "daemonset-metallb.yaml",
                "service-metallb.yaml",
                "example-receivers.yaml")) {
            kubectl().run("apply", "-f", settings.manifests().resolve(file).toString());
        }
        kubectl().apply(aloneService());
        awaitReceivers(EXAMPLE_RECEIVERS);
    }

    /** What {@code ipFamilyPolicy} asks for all families that the cluster has. */
    String familyPolicy() {
        return settings.release().hasDualStack() ? "RequireDualStack" : "SingleStack";
    }

    /** The guide's Service with the receivers as endpoints. */
    String aloneService() {
        return """
                apiVersion: v1
                kind: Service
                metadata: { name: %s, namespace: %s }
                spec:
                  type: LoadBalancer
                  ipFamilyPolicy: %s
                  externalTrafficPolicy: Local
                  selector: { app: udp-receiver }
                  ports: [{ name: syslog, protocol: UDP, port: %d, targetPort: syslog }]
                """.formatted(Lane.KUBE_PROXY.service(), Lane.NAMESPACE, familyPolicy(), Lane.PORT);
    }

    public Kubectl kubectl() {
        return controlPlane.kubectl();
    }

    HelmRelease helm() {
        return controlPlane.helm(manifest("helm/udp-fanout"));
    }

    ControlPlane controlPlane() {
        return controlPlane;
    }

    AnnotatedService annotated() {
        return new AnnotatedService(this);
    }

    Slices slices() {
        return new Slices(controlPlane);
    }

    ServicePlaces places() {
        return places;
    }

    SegmentTopology topology() {
        return topology;
    }

    PodSockets sockets() {
        return sockets;
    }

    Path manifest(String file) {
        return settings.manifests().resolve(file);
    }

    List<ClusterNode> nodes() {
        return List.copyOf(nodes);
    }

    DaemonPod daemon(ClusterNode node) {
        return kubelets.daemon(node).orElseThrow(() -> new IllegalStateException(node.name() + " has no daemon"));
    }

    /** Whether a node has a daemon that is ready and is not this one. */
    boolean hasOtherDaemon(ClusterNode node, DaemonPod before) {
        return kubelets.daemon(node)
                .filter(daemon -> daemon != before && daemon.isReady())
                .isPresent();
    }

    /** Waits until so many receivers are ready, and no more are there. */
    void awaitReceivers(int number) {
        await(number + " receivers", () -> {
            var pods = controlPlane
                    .client()
                    .pods()
                    .inNamespace(Lane.NAMESPACE)
                    .withLabel("app", "udp-receiver")
                    .list()
                    .getItems();
            return pods.size() == number
                    && pods.stream().allMatch(pod -> pod.getStatus().getConditions().stream()
                            .anyMatch(condition -> condition.getType().equals("Ready")
                                    && condition.getStatus().equals("True")));
        });
    }

    /** Has the example's Deployment have so many, and waits until it has. */
    void scaleReceivers(int number) {
        kubectl().run("-n", Lane.NAMESPACE, "scale", "deployment/udp-receiver", "--replicas=" + number);
        awaitReceivers(number);
    }

    /** Waits until each node's daemon is ready. */
    public void awaitDaemons() {
        await("daemons ready", () -> nodes.stream()
                .allMatch(
                        node -> kubelets.daemon(node).filter(DaemonPod::isReady).isPresent()));
    }

    static void await(String what, BooleanSupplier condition) {
        await(what, LIMIT, condition);
    }

    /** As above, with a limit of its own. */
    static void await(String what, Duration limit, BooleanSupplier condition) {
        if (!BoundedWait.until(() -> holds(condition), limit)) {
            throw new IllegalStateException("not within " + limit.toSeconds() + " s: " + what);
        }
    }

    /** The API server is not asked a thousand times a second. */
    private static boolean holds(BooleanSupplier condition) {
        try {
            if (condition.getAsBoolean()) {
                return true;
            }
        } catch (KubernetesClientException e) {
            // It is away, or there is no such object yet.
        }
        pause(POLL);
        return false;
    }

    /** Lets traffic go on for a while. */
    static void pause(Duration time) {
        BoundedWait.until(() -> false, time);
    }

    @Override
    public void close() {
        kubelets.close();
        speaker.close();
        sockets.close();
        topology.close();
        controlPlane.close();
    }
}
