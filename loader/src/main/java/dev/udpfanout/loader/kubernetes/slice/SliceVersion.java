package dev.udpfanout.loader.kubernetes.slice;

import dev.udpfanout.loader.kubernetes.api.Present;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.util.List;
import java.util.Optional;

/** A version of the API that EndpointSlices are had in. Everyone else sees those of {@code v1}. */
enum SliceVersion {
    /** From Kubernetes 1.21 on. */
    V1("v1") {
        @Override
        int size(HasMetadata slice) {
            return Present.in(((EndpointSlice) slice).getEndpoints()).size();
        }

        @Override
        HasMetadata trim(HasMetadata slice, boolean keepsUids) {
            return TrimmedSlice.of((EndpointSlice) slice, keepsUids);
        }

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
        FilterWatchListDeletable<
                        ? extends HasMetadata,
                        ? extends KubernetesResourceList<? extends HasMetadata>,
                        ? extends Resource<?>>
                ofServices(KubernetesClient client, Optional<String> namespace) {
            var slices = client.discovery().v1().endpointSlices();
            return (namespace.isPresent() ? slices.inNamespace(namespace.get()) : slices.inAnyNamespace())
                    .withLabel(SliceLabels.SERVICE);
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
        int size(HasMetadata slice) {
            return Present.in(((io.fabric8.kubernetes.api.model.discovery.v1beta1.EndpointSlice) slice).getEndpoints())
                    .size();
        }

        @Override
        HasMetadata trim(HasMetadata slice, boolean keepsUids) {
            return slice;
        }

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
        FilterWatchListDeletable<
                        ? extends HasMetadata,
                        ? extends KubernetesResourceList<? extends HasMetadata>,
                        ? extends Resource<?>>
                ofServices(KubernetesClient client, Optional<String> namespace) {
            var slices = client.discovery().v1beta1().endpointSlices();
            return (namespace.isPresent() ? slices.inNamespace(namespace.get()) : slices.inAnyNamespace())
                    .withLabel(SliceLabels.SERVICE);
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

    /** What can be asked of the slices of all Services of a namespace, or of all namespaces. */
    abstract FilterWatchListDeletable<
                    ? extends HasMetadata,
                    ? extends KubernetesResourceList<? extends HasMetadata>,
                    ? extends Resource<?>>
            ofServices(KubernetesClient client, Optional<String> namespace);

    /** How many endpoints a slice has. */
    abstract int size(HasMetadata slice);

    /** A slice that was seen without what nobody reads; it may be the same object. */
    abstract HasMetadata trim(HasMetadata slice, boolean keepsUids);

    /** Follows a Service's slices, in which no pod has its UID; not started yet. */
    SliceInformer informer(KubernetesClient client, String namespace, String service) {
        return bounded(
                ofService(client, namespace, service), SliceWatch.MAX_ENDPOINTS, SliceWatch.SLICES_A_PAGE, false);
    }

    /** Follows the slices of all Services of a namespace, or of all namespaces; not started yet. */
    SliceInformer informer(KubernetesClient client, Optional<String> namespace, long slicesAPage) {
        return bounded(ofServices(client, namespace), SliceWatch.MAX_ENDPOINTS_OF_ALL, slicesAPage, true);
    }

    @SuppressWarnings("unchecked")
    private <T extends HasMetadata> SliceInformer bounded(
            FilterWatchListDeletable<T, ?, ?> slices, int mostEndpoints, long slicesAPage, boolean keepsUids) {
        SliceStore<T> store = new SliceStore<>(mostEndpoints, this::size, slice -> (T) trim(slice, keepsUids));
        return new SliceInformer(
                slices.withLimit(slicesAPage).runnableInformer(0).itemStore(store), store);
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
