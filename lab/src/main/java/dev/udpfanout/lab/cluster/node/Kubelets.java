package dev.udpfanout.lab.cluster.node;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.cluster.traffic.PodSockets;
import io.fabric8.kubernetes.api.model.Binding;
import io.fabric8.kubernetes.api.model.BindingBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodIP;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What scheduler and kubelets do, for the pods of the namespace udp-fanout: it puts receivers where there are the
 * fewest and daemons where their DaemonSet wants them, starts them, says when they are ready, ends those that are
 * deleted, and removes them then.
 */
public final class Kubelets implements AutoCloseable {
    private static final String NAMESPACE = "udp-fanout";
    private static final Duration PERIOD = Duration.ofMillis(200);
    private static final Duration API_LIMIT = Duration.ofMinutes(3);

    private final DaemonPod.Settings settings;
    private final KubernetesClient client;
    private final PodSockets sockets;
    private final List<ClusterNode> nodes = new CopyOnWriteArrayList<>();
    private final Map<String, PodOnNode> byUid = new ConcurrentHashMap<>();
    private final SharedIndexInformer<Pod> pods;
    private volatile boolean closed;

    /** Starts them; nodes join later. */
    public Kubelets(DaemonPod.Settings settings, PodSockets sockets) {
        this.settings = settings;
        this.client = settings.controlPlane().client();
        this.sockets = sockets;
        pods = client.pods().inNamespace(NAMESPACE).runnableInformer(0);
        pods.start();
        Thread.ofPlatform().daemon().name("kubelets").start(this::run);
    }

    /** Pods may be put there from now on. */
    public void add(ClusterNode node) {
        nodes.add(node);
    }

    /** The daemon's pod of a node, if it runs. */
    public Optional<DaemonPod> daemon(ClusterNode node) {
        return byUid.values().stream()
                .filter(DaemonPod.class::isInstance)
                .map(DaemonPod.class::cast)
                .filter(pod -> pod.node() == node)
                .findFirst();
    }

    private void run() {
        while (!closed) {
            for (Pod pod : pods.getStore().list()) {
                String uid = pod.getMetadata().getUid();
                if (!byUid.containsKey(uid) && pod.getMetadata().getDeletionTimestamp() == null) {
                    place(pod).ifPresent(placed -> {
                        byUid.put(uid, placed);
                        Thread.ofPlatform()
                                .daemon()
                                .name(pod.getMetadata().getName())
                                .start(() -> live(pod, placed));
                    });
                }
            }
            BoundedWait.until(() -> closed, PERIOD);
        }
    }

    private Optional<PodOnNode> place(Pod pod) {
        if (pod.getSpec().getAffinity() == null) {
            return nodes.stream()
                    .filter(node -> node.freePlaces() > 0)
                    .max(Comparator.comparingInt(ClusterNode::freePlaces))
                    .map(node -> new ReceiverPod(pod, node, sockets));
        }
        return nodes.stream()
                .filter(node -> node.name().equals(wantedNode(pod)))
                .findFirst()
                .map(node -> daemonPod(pod, node));
    }

    /** Where the DaemonSet's controller wants a pod: it says so by an affinity. */
    private static String wantedNode(Pod pod) {
        return pod.getSpec()
                .getAffinity()
                .getNodeAffinity()
                .getRequiredDuringSchedulingIgnoredDuringExecution()
                .getNodeSelectorTerms()
                .getFirst()
                .getMatchFields()
                .getFirst()
                .getValues()
                .getFirst();
    }

    private DaemonPod daemonPod(Pod pod, ClusterNode node) {
        try {
            return new DaemonPod(pod, node, settings);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void live(Pod pod, PodOnNode placed) {
        String name = pod.getMetadata().getName();
        try {
            persist(() -> client.bindings()
                    .inNamespace(NAMESPACE)
                    .resource(binding(pod, placed))
                    .create());
            placed.start();
            Readiness readiness = new Readiness(pod);
            boolean wasReady = false;
            while (!closed && !isDeleted(pod)) {
                placed.tend();
                boolean ready = isReady(name, placed, readiness);
                if (ready != wasReady && reported(name, placed, ready)) {
                    wasReady = ready;
                }
                BoundedWait.until(() -> closed || isDeleted(pod), PERIOD);
            }
            placed.stop();
            persist(() -> client.pods()
                    .inNamespace(NAMESPACE)
                    .withName(name)
                    .withGracePeriod(0)
                    .delete());
        } catch (Exception e) {
            if (!closed) {
                settings.log().accept(placed.node().name() + " pod " + name + " failed: " + e);
            }
        } finally {
            byUid.remove(pod.getMetadata().getUid(), placed);
        }
    }

    private boolean isReady(String name, PodOnNode placed, Readiness readiness) {
        Optional<String> why = placed.notReady();
        if (readiness.ceases(why.isEmpty(), System.nanoTime())) {
            why.ifPresent(answer -> settings.log()
                    .accept(placed.node().name() + " pod " + name + " fails its readiness probe: " + answer.strip()));
        }
        return readiness.isReady();
    }

    private boolean isDeleted(Pod pod) {
        Pod now = pods.getStore().getByKey(NAMESPACE + "/" + pod.getMetadata().getName());
        return now == null
                || !now.getMetadata().getUid().equals(pod.getMetadata().getUid())
                || now.getMetadata().getDeletionTimestamp() != null;
    }

    /** Tries again while the API server is away. */
    private void persist(Runnable request) {
        KubernetesClientException[] last = new KubernetesClientException[1];
        boolean done = BoundedWait.until(
                () -> {
                    try {
                        request.run();
                        return true;
                    } catch (KubernetesClientException e) {
                        last[0] = e;
                        // Gone, or there already: an earlier attempt has been carried out.
                        boolean settled = e.getCode() == 404 || e.getCode() == 409;
                        BoundedWait.until(() -> closed || settled, PERIOD);
                        return settled || closed;
                    }
                },
                API_LIMIT);
        if (!done) {
            throw last[0];
        }
    }

    /** Tells the API server once: the pod is tended to while it is away. */
    private boolean reported(String name, PodOnNode placed, boolean ready) {
        try {
            client.pods().inNamespace(NAMESPACE).withName(name).editStatus(pod -> new PodBuilder(pod)
                    .withStatus(status(pod, placed, ready))
                    .build());
            return true;
        } catch (KubernetesClientException e) {
            return false;
        }
    }

    private static Binding binding(Pod pod, PodOnNode placed) {
        return new BindingBuilder()
                .withNewMetadata()
                .withName(pod.getMetadata().getName())
                .withNamespace(NAMESPACE)
                .endMetadata()
                .withNewTarget()
                .withApiVersion("v1")
                .withKind("Node")
                .withName(placed.node().name())
                .endTarget()
                .build();
    }

    private static PodStatus status(Pod pod, PodOnNode placed, boolean ready) {
        String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        String word = ready ? "True" : "False";
        PodStatusBuilder status = new PodStatusBuilder()
                .withPhase("Running")
                .withHostIP(placed.node().address())
                .withPodIP(placed.addresses().getFirst())
                .withPodIPs(placed.addresses().stream().map(PodIP::new).toList())
                .withStartTime(now);
        for (String condition : List.of("PodScheduled", "Initialized", "ContainersReady", "Ready")) {
            status.addNewCondition()
                    .withType(condition)
                    .withStatus(condition.endsWith("Ready") ? word : "True")
                    .withLastTransitionTime(now)
                    .endCondition();
        }
        pod.getSpec().getContainers().forEach(container -> status.addNewContainerStatus()
                .withName(container.getName())
                .withImage(container.getImage())
                .withImageID(container.getImage())
                .withReady(ready)
                .withStarted(true)
                .withNewState()
                .withNewRunning(now)
                .endState()
                .endContainerStatus());
        return status.build();
    }

    @Override
    public void close() {
        closed = true;
        pods.close();
    }
}
