package dev.udpfanout.lab.cluster.scenario;

import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.cluster.node.ClusterNode;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** An ordinary Service of the example's receivers, by whose annotation the daemons serve it. */
final class AnnotatedService {
    private static final Duration ROLLOUT_LIMIT = Duration.ofMinutes(5);
    private static final int TCP_LIMIT_MS = 500;

    /** By chance, an attempt may go to a receiver on the sender's own node. */
    private static final int TCP_ATTEMPTS = 30;

    private static final String POLICY = "udpfanout.dev/policy";
    private static final String NAME = Lane.ANNOTATED.service();

    /** One with the same number for UDP and TCP, which Kubernetes before 1.24 allows a ClusterIP only. */
    private static final String WITH_TCP = NAME + "-tcp";

    private final Cluster cluster;

    AnnotatedService(Cluster cluster) {
        this.cluster = cluster;
    }

    /** Gives the daemons the rights and the configuration, makes the Services, and has every pod listen to TCP. */
    void prepare(Duration lease) {
        cluster.kubectl()
                .run(
                        "apply",
                        "-f",
                        cluster.manifest("overlays/services/rbac-services.yaml").toString());
        cluster.controlPlane()
                .client()
                .configMaps()
                .inNamespace(Lane.NAMESPACE)
                .withName("udp-fanout")
                .edit(map -> new ConfigMapBuilder(map)
                        .addToData("config.yaml", map.getData().get("config.yaml") + """
                                services:
                                  vip_interfaces: [eth0]
                                  pod_interfaces: [cni0]
                                  lease_secs: %d
                                """.formatted(lease.toSeconds()))
                        .build());
        for (ClusterNode node : cluster.nodes()) {
            // With 1, kube-proxy's rules change what a pod sends before the bridge's own hook sees it.
            node.namespace()
                    .exec(
                            "sysctl",
                            "-qw",
                            "net.bridge.bridge-nf-call-iptables=0",
                            "net.bridge.bridge-nf-call-ip6tables=0");
        }
        IntStream.rangeClosed(1, cluster.nodes().size())
                .mapToObj(cluster.topology()::pods)
                .flatMap(List::stream)
                .forEach(pod -> pod.closedWithTopology(listening(pod)));
        cluster.kubectl()
                .apply(yaml("LoadBalancer", NAME, "") + "---\n" + yaml("ClusterIP", WITH_TCP, POLICY + ": hash"));
        cluster.kubectl().run("-n", Lane.NAMESPACE, "rollout", "restart", "daemonset/udp-fanout");
        cluster.kubectl().runWithin(ROLLOUT_LIMIT, "-n", Lane.NAMESPACE, "rollout", "status", "daemonset/udp-fanout");
        cluster.awaitDaemons();
    }

    private static ServerSocket listening(LabNamespace pod) {
        return pod.call(() -> new ServerSocket(Lane.PORT));
    }

    /** With two UDP ports; that with TCP has it at the first one's number. */
    private String yaml(String type, String name, String annotation) {
        String tcp = type.equals("ClusterIP")
                ? "\n    - { name: tcp, protocol: TCP, port: %1$d, targetPort: %1$d }".formatted(Lane.PORT)
                : "";
        return """
                apiVersion: v1
                kind: Service
                metadata:
                  name: %s
                  namespace: %s
                  annotations: { %s }
                spec:
                  type: %s
                  ipFamilyPolicy: %s
                  selector: { app: udp-receiver }
                  ports:
                    - { name: syslog, protocol: UDP, port: %d, targetPort: syslog }
                    - { name: other, protocol: UDP, port: 5515, targetPort: syslog }%s
                """.formatted(name, Lane.NAMESPACE, annotation, type, cluster.familyPolicy(), Lane.PORT, tcp);
    }

    void annotate(String policy) {
        cluster.kubectl().run("-n", Lane.NAMESPACE, "annotate", "--overwrite", "service", NAME, POLICY + "=" + policy);
    }

    void withdraw() {
        cluster.kubectl().run("-n", Lane.NAMESPACE, "annotate", "service", NAME, POLICY + "-");
    }

    /** Waits until each node's daemon serves it, or none does. */
    void awaitServed(boolean isServed) {
        String field = "\"service\":\"" + Lane.NAMESPACE + "/" + NAME + "\"";
        Cluster.await(NAME + (isServed ? "" : " not") + " served by each daemon", () -> cluster.nodes().stream()
                .allMatch(node -> cluster.daemon(node).page("/status").contains("\"version\"")
                        && cluster.daemon(node).page("/status").contains(field) == isServed));
    }

    /** Waits until {@code kubectl describe} shows what is wrong. */
    void awaitEvent(String text) {
        Cluster.await("an Event: " + text, () -> cluster.kubectl()
                .run("-n", Lane.NAMESPACE, "describe", "service", NAME)
                .contains(text));
    }

    /**
     * The TCP port of the annotated Service with the same number as its UDP port: a pod's connection comes through to a
     * receiver on another node. To one on its own bridge it does not, with or without us: without
     * bridge-nf-call-iptables kube-proxy does not see the answer.
     */
    void requireTcp() {
        String address = cluster.kubectl()
                .run("-n", Lane.NAMESPACE, "get", "service", WITH_TCP, "-o", "jsonpath={.spec.clusterIP}");
        boolean connects = cluster.nodes().getFirst().senderPod().call(() -> IntStream.range(0, TCP_ATTEMPTS)
                .anyMatch(attempt -> connects(address)));
        if (!connects) {
            throw new IllegalStateException("no TCP to " + address + " port " + Lane.PORT);
        }
    }

    private static boolean connects(String address) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, Lane.PORT), TCP_LIMIT_MS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Makes further Services of the same receivers: so many with the annotation, and as many without. */
    void addOthers(int number) {
        cluster.kubectl()
                .apply(IntStream.rangeClosed(1, number)
                        .boxed()
                        .flatMap(n -> Stream.of(
                                yaml("ClusterIP", other(Lane.ANNOTATED, n), POLICY + ": round_robin"),
                                yaml("ClusterIP", other(Lane.KUBE_PROXY, n), "")))
                        .collect(Collectors.joining("---\n")));
        Cluster.await(number + " Services served by each daemon", () -> cluster.nodes().stream()
                .allMatch(node -> {
                    String status = cluster.daemon(node).page("/status");
                    return IntStream.rangeClosed(1, number)
                            .allMatch(n -> status.contains(
                                    "\"service\":\"" + Lane.NAMESPACE + "/" + other(Lane.ANNOTATED, n) + "\""));
                }));
    }

    private static String other(Lane lane, int number) {
        return lane.service() + "-" + number;
    }

    private static List<String> others(int number) {
        return IntStream.rangeClosed(1, number)
                .boxed()
                .flatMap(n -> Stream.of(other(Lane.ANNOTATED, n), other(Lane.KUBE_PROXY, n)))
                .toList();
    }

    /** The addresses of those Services, each of all its families, by the lane that they belong to. */
    Map<Lane, List<List<String>>> addressesOfOthers(int number) {
        return Lane.OF_ANNOTATION.stream()
                .collect(Collectors.toMap(Function.identity(), lane -> IntStream.rangeClosed(1, number)
                        .mapToObj(n -> cluster.places().clusterIps(other(lane, n)))
                        .toList()));
    }

    /** Waits until the slices of those Services name the receivers, and none that is on its way out or gone. */
    void awaitSlicesOfOthers(int number, int receivers) {
        Set<String> names = Set.copyOf(others(number));
        Cluster.await("slices with " + receivers + " receivers", () -> cluster.slices().receivers().entrySet().stream()
                .filter(each -> names.contains(each.getKey()))
                .allMatch(each -> each.getValue().stream().allMatch(count -> count == receivers)));
    }

    void removeOthers(int number) {
        List<String> delete = new ArrayList<>(List.of("-n", Lane.NAMESPACE, "delete", "service"));
        delete.addAll(others(number));
        cluster.kubectl().run(delete.toArray(String[]::new));
    }

    /** Deletes it and the one beside it, and makes both anew with the same addresses: senders go on with them. */
    void makeAnew() {
        KeptPlaces kept = new KeptPlaces(cluster.places(), Lane.OF_ANNOTATION);
        cluster.kubectl().run("-n", Lane.NAMESPACE, "delete", "service", NAME, Lane.KUBE_PROXY.service());
        awaitServed(false);
        cluster.kubectl()
                .apply(kept.in(Lane.KUBE_PROXY, cluster.aloneService()) + "---\n"
                        + kept.in(Lane.ANNOTATED, yaml("LoadBalancer", NAME, POLICY + ": round_robin")));
        kept.assignVips();
        awaitServed(true);
    }
}
