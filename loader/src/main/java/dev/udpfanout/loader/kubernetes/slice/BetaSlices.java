package dev.udpfanout.loader.kubernetes.slice;

import dev.udpfanout.loader.kubernetes.api.Present;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointConditions;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.util.Map;
import java.util.Optional;

/**
 * EndpointSlices of {@code discovery.k8s.io/v1beta1}, all that Kubernetes 1.19 and 1.20 have, as those of {@code v1}
 * and back.
 *
 * <p>The node's name stands in the topology: the field {@code nodeName} came with 1.20, and without the feature gate
 * EndpointSliceNodeName the API server drops it. The conditions {@code serving} and {@code terminating} came with 1.20
 * as well, behind a gate, and kube-proxy does not look at them before 1.22; 1.19 refuses to apply a field that it does
 * not know. So neither is ever written, and both are read.
 *
 * @see <a
 *     href="https://github.com/kubernetes/kubernetes/blob/v1.20.2/staging/src/k8s.io/api/discovery/v1beta1/types.go">types.go</a>
 */
final class BetaSlices {
    /**
     * The value is the node's name, whatever the node's label of this name says: kubernetes,
     * pkg/controller/endpointslice/utils.go.
     */
    private static final String NODE = "kubernetes.io/hostname";

    private static final String ZONE = "topology.kubernetes.io/zone";

    private BetaSlices() {}

    static EndpointSlice toV1(io.fabric8.kubernetes.api.model.discovery.v1beta1.EndpointSlice slice) {
        return new EndpointSliceBuilder()
                .withMetadata(slice.getMetadata())
                .withAddressType(slice.getAddressType())
                .withPorts(Present.in(slice.getPorts()).stream()
                        .map(port -> new EndpointPort(
                                port.getAppProtocol(), port.getName(), port.getPort(), port.getProtocol()))
                        .toList())
                .withEndpoints(Present.in(slice.getEndpoints()).stream()
                        .map(BetaSlices::toV1)
                        .toList())
                .build();
    }

    private static Endpoint toV1(io.fabric8.kubernetes.api.model.discovery.v1beta1.Endpoint endpoint) {
        Map<String, String> topology =
                Optional.ofNullable(endpoint.getTopology()).orElse(Map.of());
        return new EndpointBuilder()
                .withAddresses(endpoint.getAddresses())
                .withConditions(Optional.ofNullable(endpoint.getConditions())
                        .map(each -> new EndpointConditions(each.getReady(), each.getServing(), each.getTerminating()))
                        .orElse(null))
                .withHostname(endpoint.getHostname())
                .withTargetRef(endpoint.getTargetRef())
                .withNodeName(Optional.ofNullable(endpoint.getNodeName()).orElse(topology.get(NODE)))
                .withZone(topology.get(ZONE))
                .build();
    }

    static io.fabric8.kubernetes.api.model.discovery.v1beta1.EndpointSlice ofV1(EndpointSlice slice) {
        return new io.fabric8.kubernetes.api.model.discovery.v1beta1.EndpointSliceBuilder()
                .withMetadata(slice.getMetadata())
                .withAddressType(slice.getAddressType())
                .withPorts(Present.in(slice.getPorts()).stream()
                        .map(port -> new io.fabric8.kubernetes.api.model.discovery.v1beta1.EndpointPort(
                                port.getAppProtocol(), port.getName(), port.getPort(), port.getProtocol()))
                        .toList())
                .withEndpoints(Present.in(slice.getEndpoints()).stream()
                        .map(BetaSlices::ofV1)
                        .toList())
                .build();
    }

    private static io.fabric8.kubernetes.api.model.discovery.v1beta1.Endpoint ofV1(Endpoint endpoint) {
        return new io.fabric8.kubernetes.api.model.discovery.v1beta1.EndpointBuilder()
                .withAddresses(endpoint.getAddresses())
                .withNewConditions()
                .withReady(endpoint.getConditions().getReady())
                .endConditions()
                .addToTopology(NODE, endpoint.getNodeName())
                .build();
    }
}
