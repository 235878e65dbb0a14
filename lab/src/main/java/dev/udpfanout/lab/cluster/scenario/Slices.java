package dev.udpfanout.lab.cluster.scenario;

import dev.udpfanout.lab.cluster.controlplane.ControlPlane;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The EndpointSlices of the cluster, in the version that its API server has. */
final class Slices {
    static final String SERVICE_NAME = "kubernetes.io/service-name";

    /** The label of a slice that {@link #foreign} makes. */
    static final String FOREIGN = "udp-fanout.test/foreign";

    private final ControlPlane controlPlane;

    Slices(ControlPlane controlPlane) {
        this.controlPlane = controlPlane;
    }

    /** How many a Service has. */
    long count(Lane lane) {
        return get("-o", "name", "-l", SERVICE_NAME + "=" + lane.service()).count();
    }

    /** The lines that kubectl prints of slices. */
    private Stream<String> get(String... options) {
        return controlPlane
                .kubectl()
                .run(Stream.concat(Stream.of("-n", Lane.NAMESPACE, "get", "endpointslices"), Stream.of(options))
                        .toArray(String[]::new))
                .lines();
    }

    /** How many pods each slice names, by the Service. */
    Map<String, List<Integer>> receivers() {
        return get(
                        "-o",
                        "jsonpath={range .items[*]}{.metadata.labels.kubernetes\\.io/service-name} {.endpoints[*].targetRef.name}{\"\\n\"}{end}")
                .map(line -> line.strip().split(" "))
                .collect(Collectors.groupingBy(
                        words -> words[0], Collectors.mapping(words -> words.length - 1, Collectors.toList())));
    }

    /** The resourceVersion of a list of them all. */
    String revision() {
        return controlPlane
                .client()
                .pods()
                .inNamespace(Lane.NAMESPACE)
                .list()
                .getMetadata()
                .getResourceVersion();
    }

    /** What the API server says, within some seconds, to a watch from a revision on. */
    String watchFrom(String revision) {
        return controlPlane
                .client()
                .raw(
                        "/apis/discovery.k8s.io/%s/namespaces/%s/endpointslices?watch=1&timeoutSeconds=5&resourceVersion=%s"
                                .formatted(controlPlane.release().discoveryVersion(), Lane.NAMESPACE, revision));
    }

    /** A slice of nobody's that has one of the receivers. */
    String foreign(Lane lane) {
        Pod receiver = controlPlane
                .client()
                .pods()
                .inNamespace(Lane.NAMESPACE)
                .withLabel("app", "udp-receiver")
                .list()
                .getItems()
                .getFirst();
        String version = controlPlane.release().discoveryVersion();
        String node = receiver.getSpec().getNodeName();
        return """
                apiVersion: discovery.k8s.io/%s
                kind: EndpointSlice
                metadata:
                  name: %s-foreign
                  namespace: %s
                  labels: { %s: %s, endpointslice.kubernetes.io/managed-by: somebody, %s: "true" }
                addressType: IPv4
                ports: [{ name: syslog, protocol: UDP, port: %d }]
                endpoints: [{ addresses: ["%s"], conditions: { ready: true }, %s }]
                """.formatted(
                version,
                lane.service(),
                Lane.NAMESPACE,
                SERVICE_NAME,
                lane.service(),
                FOREIGN,
                Lane.PORT,
                receiver.getStatus().getPodIP(),
                version.equals("v1") ? "nodeName: " + node : "topology: { kubernetes.io/hostname: " + node + " }");
    }
}
