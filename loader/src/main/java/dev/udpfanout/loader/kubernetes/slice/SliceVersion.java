package dev.udpfanout.loader.kubernetes.slice;

import dev.udpfanout.loader.kubernetes.api.Present;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;

/** A version of the API that EndpointSlices are had in. Everyone else sees those of {@code v1}. */
enum SliceVersion {
    /** From Kubernetes 1.21 on. */
    V1("v1") {
        @Override
        FilterWatchListDeletable<
                        ? extends HasMetadata,
                        ? extends KubernetesResourceList<? extends HasMetadata>,
                        ? extends Resource<?>>
                ofService(KubernetesClient client, String namespace, String service) {
            return client.discovery()
                    .v1()
                    .endpointSlices()
                    .inNamespace(namespace)
                    .withLabel(SliceLabels.SERVICE, service);
        }

        @Override
        HasMetadata write(EndpointSlice slice) {
            return slice;
        }

        @Override
        EndpointSlice read(HasMetadata slice) {
            return SoundSlice.of((EndpointSlice) slice);
        }
    },
    /** From Kubernetes 1.17 to 1.24. */
    V1BETA1("v1beta1") {
        @Override
        FilterWatchListDeletable<
                        ? extends HasMetadata,
                        ? extends KubernetesResourceList<? extends HasMetadata>,
                        ? extends Resource<?>>
                ofService(KubernetesClient client, String namespace, String service) {
            return client.discovery()
                    .v1beta1()
                    .endpointSlices()
                    .inNamespace(namespace)
                    .withLabel(SliceLabels.SERVICE, service);
        }

        @Override
        HasMetadata write(EndpointSlice slice) {
            return BetaSlices.ofV1(slice);
        }

        @Override
        EndpointSlice read(HasMetadata slice) {
            return SoundSlice.of(
                    BetaSlices.toV1((io.fabric8.kubernetes.api.model.discovery.v1beta1.EndpointSlice) slice));
        }
    };

    private final String text;

    SliceVersion(String text) {
        this.text = text;
    }

    /** As the API writes it. */
    @Override
    public String toString() {
        return text;
    }

    /** What can be asked of a Service's slices. */
    abstract FilterWatchListDeletable<
                    ? extends HasMetadata,
                    ? extends KubernetesResourceList<? extends HasMetadata>,
                    ? extends Resource<?>>
            ofService(KubernetesClient client, String namespace, String service);

    /** Follows a Service's slices; not started yet. */
    SharedIndexInformer<? extends HasMetadata> informer(KubernetesClient client, String namespace, String service) {
        return ofService(client, namespace, service).runnableInformer(0);
    }

    /** A Service's slices, as they are now. */
    List<? extends HasMetadata> list(KubernetesClient client, String namespace, String service) {
        return Present.in(ofService(client, namespace, service).list().getItems());
    }

    /** A slice as the API server takes it. */
    abstract HasMetadata write(EndpointSlice slice);

    /** A slice that the API server has given. */
    abstract EndpointSlice read(HasMetadata slice);

    /** A slice that was seen, of whichever version. */
    static EndpointSlice readAny(HasMetadata slice) {
        return slice instanceof EndpointSlice ? V1.read(slice) : V1BETA1.read(slice);
    }
}
