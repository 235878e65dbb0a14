package dev.udpfanout.loader.kubernetes.publish;

import dev.udpfanout.loader.kubernetes.api.ServiceName;
import dev.udpfanout.loader.kubernetes.slice.SliceLabels;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.net.InetSocketAddress;

/**
 * This node's EndpointSlice for a port and family of a Service, in the API server.
 *
 * @see <a href="https://kubernetes.io/docs/reference/using-api/server-side-apply/">Server-side apply</a>
 */
final class NodeSlice {
    private final KubernetesClient client;
    private final ServiceName service;
    private final InetSocketAddress endpoint;
    private final String nodeName;

    /**
     * @param endpoint where datagrams are to be sent
     */
    NodeSlice(KubernetesClient client, ServiceName service, InetSocketAddress endpoint, String nodeName) {
        this.client = client;
        this.service = service;
        this.endpoint = endpoint;
        this.nodeName = nodeName;
    }

    /** Makes the slice say so, whether there is one already or not. */
    void apply(PublishedPort port, Readiness readiness) {
        resource(slice(port, readiness))
                .fieldManager(SliceLabels.MANAGER)
                .forceConflicts()
                .serverSideApply();
    }

    /** Deletes the slice, if there is one. */
    void delete() {
        client.discovery()
                .v1()
                .endpointSlices()
                .inNamespace(service.namespace())
                .withName(name())
                .delete();
    }

    String name() {
        return SliceName.of(service.name(), nodeName, endpoint.getPort(), AddressType.of(endpoint.getAddress()));
    }

    private Resource<EndpointSlice> resource(EndpointSlice slice) {
        return client.discovery()
                .v1()
                .endpointSlices()
                .inNamespace(service.namespace())
                .resource(slice);
    }

    private EndpointSlice slice(PublishedPort port, Readiness readiness) {
        return new EndpointSliceBuilder()
                .withNewMetadata()
                .withNamespace(service.namespace())
                .withName(name())
                .addToLabels(SliceLabels.SERVICE, service.name())
                .addToLabels(SliceLabels.MANAGED_BY, SliceLabels.MANAGER)
                // Whoever deletes the Service gets rid of its slices with it.
                .addNewOwnerReference()
                .withApiVersion("v1")
                .withKind("Service")
                .withName(service.name())
                .withUid(port.serviceUid())
                .endOwnerReference()
                .endMetadata()
                .withAddressType(AddressType.of(endpoint.getAddress()).toString())
                .addNewPort()
                .withName(port.name())
                .withProtocol("UDP")
                .withPort(endpoint.getPort())
                .endPort()
                .addNewEndpoint()
                .withAddresses(endpoint.getAddress().getHostAddress())
                .withNodeName(nodeName)
                .withConditions(readiness.conditions())
                .endEndpoint()
                .build();
    }
}
