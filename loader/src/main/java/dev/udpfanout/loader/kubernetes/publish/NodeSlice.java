package dev.udpfanout.loader.kubernetes.publish;

import dev.udpfanout.loader.kubernetes.api.ServiceName;
import dev.udpfanout.loader.kubernetes.slice.SliceApi;
import dev.udpfanout.loader.kubernetes.slice.SliceLabels;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's EndpointSlice for a port and family of a Service, in the API server.
 *
 * @see <a href="https://kubernetes.io/docs/reference/using-api/server-side-apply/">Server-side apply</a>
 */
final class NodeSlice {
    private static final Logger LOG = LoggerFactory.getLogger(NodeSlice.class);

    /**
     * In the message of the admission plugin OwnerReferencesPermissionEnforcement: kubernetes, plugin/pkg/admission/gc.
     */
    private static final String OWNER_REFUSED = "cannot set an ownerRef";

    private final SliceApi api;
    private final ServiceName service;
    private final InetSocketAddress endpoint;
    private final String nodeName;
    /** The Service, by its UID, that this slice may not be made to belong to; empty if none. */
    private Optional<String> refusedOwner = Optional.empty();

    /** @param endpoint its port, and an address of the family */
    NodeSlice(SliceApi api, ServiceName service, InetSocketAddress endpoint, String nodeName) {
        this.api = api;
        this.service = service;
        this.endpoint = endpoint;
        this.nodeName = nodeName;
    }

    /**
     * Makes the slice say so, whether there is one already or not. To change whom a slice belongs to may take the right
     * to delete it, which the daemon has no other use for: where that is so, the slice is left with the owner that it
     * has.
     *
     * @param seen what there is, as far as is known
     * @return what there is now
     */
    EndpointSlice apply(Publication publication, Optional<EndpointSlice> seen) {
        PublishedPort port = publication.port().orElseThrow();
        try {
            return api.apply(slice(publication, owners(port, seen)));
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_FORBIDDEN
                    || !String.valueOf(e.getMessage()).contains(OWNER_REFUSED)
                    || isRefused(port)) {
                throw e;
            }
            refusedOwner = Optional.of(port.serviceUid());
            LOG.atWarn()
                    .addKeyValue("service", service)
                    .addKeyValue("slice", name())
                    .log(
                            "the API server does not let the EndpointSlice belong to the Service anew (admission plugin "
                                    + "OwnerReferencesPermissionEnforcement): it is kept, but stays when the Service is deleted");
            return api.apply(slice(publication, owners(port, seen)));
        }
    }

    private boolean isRefused(PublishedPort port) {
        return refusedOwner.equals(Optional.of(port.serviceUid()));
    }

    private List<OwnerReference> owners(PublishedPort port, Optional<EndpointSlice> seen) {
        if (isRefused(port) && seen.isPresent()) {
            return Optional.ofNullable(seen.get().getMetadata().getOwnerReferences())
                    .orElse(List.of());
        }
        // Whoever deletes the Service gets rid of its slices with it.
        return List.of(new OwnerReferenceBuilder()
                .withApiVersion("v1")
                .withKind("Service")
                .withName(service.name())
                .withUid(port.serviceUid())
                .build());
    }

    /** Deletes the slice, if there is one. */
    void delete() {
        api.delete(named());
    }

    /** Its own among all slices of the Service. */
    Optional<EndpointSlice> among(List<EndpointSlice> slices) {
        return slices.stream()
                .filter(slice -> name().equals(slice.getMetadata().getName()))
                .findFirst();
    }

    /** What somebody else has made of the slice, in a word for the log; empty if it is as it was applied. */
    Optional<String> damage(Publication publication, Optional<EndpointSlice> seen) {
        PublishedPort port = publication.port().orElseThrow();
        return seen.map(slice -> SliceDamage.of(slice, slice(publication, owners(port, seen))))
                .orElse(Optional.of("deleted"));
    }

    String nodeName() {
        return nodeName;
    }

    String name() {
        return SliceName.of(service.name(), nodeName, endpoint.getPort(), AddressType.of(endpoint.getAddress()));
    }

    private EndpointSlice named() {
        return new EndpointSliceBuilder()
                .withNewMetadata()
                .withNamespace(service.namespace())
                .withName(name())
                .endMetadata()
                .build();
    }

    private EndpointSlice slice(Publication publication, List<OwnerReference> owners) {
        PublishedPort port = publication.port().orElseThrow();
        return named().edit()
                .editMetadata()
                .addToLabels(SliceLabels.SERVICE, service.name())
                .addToLabels(SliceLabels.MANAGED_BY, SliceLabels.MANAGER)
                .withOwnerReferences(owners)
                .endMetadata()
                .withAddressType(AddressType.of(endpoint.getAddress()).toString())
                .addNewPort()
                .withName(port.name())
                .withProtocol("UDP")
                .withPort(endpoint.getPort())
                .endPort()
                .addNewEndpoint()
                .withAddresses(publication.address().orElseThrow().getHostAddress())
                .withNodeName(nodeName)
                .withConditions(publication.readiness().conditions())
                .endEndpoint()
                .build();
    }
}
