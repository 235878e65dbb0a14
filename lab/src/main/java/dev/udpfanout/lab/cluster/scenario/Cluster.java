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
import dev.udpfanout.lab.metallb.VipOwner;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** A cluster: a control plane, nodes that join one by one, the guide's objects, and MetalLB's part. */
public final class Cluster implements AutoCloseable {
    /** Enough for a daemon to start and to be ready on a busy machine. */
    static final Duration LIMIT = Duration.ofSeconds(120);

    /** How many receivers the guide's example has. */
    static final int EXAMPLE_RECEIVERS = 3;

    private static final Duration POLL = Duration.ofMillis(100);
    private static final int NODES = 3;
    private static final int PODS = 30;
    private static final int FIRST_VIP = 100;
    private static final int LAST_VIP = 250;

    private final Settings settings;
    private final SegmentTopology topology;
    private final ControlPlane controlPlane;
    private final PodSockets sockets;
    private final Kubelets kubelets;
    private final ServiceSpeaker speaker;
    private final List<ClusterNode> nodes = new ArrayList<>();
    private int vipsGiven;

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
        topology = SegmentTopology.build(new SegmentPlan(NODES, PODS));
        try {
            controlPlane = new ControlPlane(settings.release(), topology.segment(), settings.folder());
            sockets = new PodSockets();
            kubelets = new Kubelets(
                    new DaemonPod.Settings(controlPlane, settings.daemon(), settings.folder(), settings.log()),
                    sockets);
            speaker = new ServiceSpeaker(
                    controlPlane.client(), Lane.NAMESPACE, settings.release().discoveryVersion());
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

    /** The guide's Service with the receivers as endpoints. */
    static String aloneService() {
        return """
                apiVersion: v1
                kind: Service
                metadata: { name: %s, namespace: %s }
                spec:
                  type: LoadBalancer
                  externalTrafficPolicy: Local
                  selector: { app: udp-receiver }
                  ports: [{ name: syslog, protocol: UDP, port: %d, targetPort: syslog }]
                """.formatted(Lane.KUBE_PROXY.service(), Lane.NAMESPACE, Lane.PORT);
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

    Slices slices() {
        return new Slices(controlPlane);
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

    /** An address that nobody has had, of which a node is the owner as long as all nodes serve. */
    String newVipOf(ClusterNode owner) {
        List<String> names = nodes.stream().map(ClusterNode::name).toList();
        return IntStream.rangeClosed(FIRST_VIP + vipsGiven, LAST_VIP)
                .filter(host -> VipOwner.of("192.168.1." + host, names)
                        .filter(owner.name()::equals)
                        .isPresent())
                .mapToObj(host -> {
                    vipsGiven = host - FIRST_VIP + 1;
                    return "192.168.1." + host;
                })
                .findFirst()
                .orElseThrow(() ->
                        new IllegalStateException("no address is left of which " + owner.name() + " is the owner"));
    }

    /** Gives a Service its VIP as MetalLB's controller does. */
    void assignVip(Lane lane, String vip) {
        controlPlane
                .client()
                .services()
                .inNamespace(Lane.NAMESPACE)
                .withName(lane.service())
                .editStatus(service -> new ServiceBuilder(service)
                        .editOrNewStatus()
                        .withNewLoadBalancer()
                        .addNewIngress()
                        .withIp(vip)
                        .endIngress()
                        .endLoadBalancer()
                        .endStatus()
                        .build());
    }

    /** A Service's VIP. */
    String vip(Lane lane) {
        return service(lane)
                .getStatus()
                .getLoadBalancer()
                .getIngress()
                .getFirst()
                .getIp();
    }

    /** Where a Service is inside the cluster. */
    String clusterIp(Lane lane) {
        return service(lane).getSpec().getClusterIP();
    }

    private Service service(Lane lane) {
        return controlPlane
                .client()
                .services()
                .inNamespace(Lane.NAMESPACE)
                .withName(lane.service())
                .require();
    }

    /** Waits until a node announces a VIP. */
    String awaitAnnounced(Lane lane, String vip) {
        await(vip + " announced", () -> speaker.announcer(lane.service(), vip).isPresent());
        return speaker.announcer(lane.service(), vip).orElse("nobody");
    }

    static void await(String what, BooleanSupplier condition) {
        if (!BoundedWait.until(() -> holds(condition), LIMIT)) {
            throw new IllegalStateException("not within " + LIMIT.toSeconds() + " s: " + what);
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
