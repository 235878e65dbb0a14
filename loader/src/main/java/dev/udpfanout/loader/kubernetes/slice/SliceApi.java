package dev.udpfanout.loader.kubernetes.slice;

import dev.udpfanout.loader.kubernetes.api.ServiceName;
import io.fabric8.kubernetes.api.model.APIGroup;
import io.fabric8.kubernetes.api.model.GroupVersionForDiscovery;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * EndpointSlices in the API server, in the newest version that it has. Which that is, it is asked whenever a watch
 * begins, and after an answer that there is no such thing: an API server may be replaced by a newer one while we run.
 *
 * <p>Methods that ask the API server fail with {@link KubernetesClientException}, also if it has no version that will
 * do.
 */
public final class SliceApi {
    private static final String GROUP = "discovery.k8s.io";

    private final KubernetesClient client;
    private volatile Optional<SliceVersion> known = Optional.empty();

    /** @param client stays the caller's to close, after this is of no use any more */
    public SliceApi(KubernetesClient client) {
        this.client = client;
    }

    /** Follows the slices of a Service; not started yet. What it gives is for {@link #read}. */
    SliceInformer informer(ServiceName service) {
        return ask().informer(client, service.namespace(), service.name());
    }

    /** Follows the slices of all Services of a namespace, or of all namespaces; as above. */
    SliceInformer informer(Optional<String> namespace, long slicesAPage) {
        return ask().informer(client, namespace, slicesAPage);
    }

    /** What the informer has seen, whichever the version. */
    static List<EndpointSlice> read(List<? extends HasMetadata> slices) {
        return slices.stream()
                .filter(Objects::nonNull)
                .map(SliceVersion::readAny)
                .toList();
    }

    /** The slices of a Service, as they are now. */
    public List<EndpointSlice> list(ServiceName service) {
        return withVersion(version -> read(version.list(client, service.namespace(), service.name())));
    }

    /**
     * Makes a slice be so, by server-side apply, whether there is one already or not.
     *
     * @return what there is now
     */
    public EndpointSlice apply(EndpointSlice slice) {
        return withVersion(version -> version.read(client.resource(version.write(slice))
                .fieldManager(SliceLabels.MANAGER)
                .forceConflicts()
                .serverSideApply()));
    }

    /** Patches the slice of a name and namespace. */
    public void patch(EndpointSlice named, PatchContext context, String patch) {
        // With a resource at hand, the client does not get one first, which the daemon may not.
        withVersion(version -> client.resource(version.write(named)).patch(context, patch));
    }

    /**
     * Deletes the slice of a name and namespace.
     *
     * @return whether there was one
     */
    public boolean delete(EndpointSlice named) {
        return withVersion(
                version -> !client.resource(version.write(named)).delete().isEmpty());
    }

    private <T> T withVersion(Function<SliceVersion, T> request) {
        SliceVersion version = known.orElseGet(this::ask);
        try {
            return request.apply(version);
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
                known = Optional.empty();
            }
            throw e;
        }
    }

    private SliceVersion ask() {
        SliceVersion newest = newest();
        known = Optional.of(newest);
        return newest;
    }

    private SliceVersion newest() {
        Set<String> served;
        try {
            served = Optional.ofNullable(client.getApiGroup(GROUP)).map(APIGroup::getVersions).stream()
                    .flatMap(List::stream)
                    .filter(Objects::nonNull)
                    .map(GroupVersionForDiscovery::getVersion)
                    .collect(Collectors.toSet());
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
                // Everyone may ask, by the role system:discovery; where that was taken away, every supported server has
                // this.
                return SliceVersion.V1;
            }
            throw e;
        }
        return Stream.of(SliceVersion.values())
                .filter(version -> served.contains(version.toString()))
                .findFirst()
                .orElseThrow(noneOf());
    }

    private static Supplier<KubernetesClientException> noneOf() {
        return () -> new KubernetesClientException("this API server has neither " + GROUP + "/v1 nor " + GROUP
                + "/v1beta1: EndpointSlices take Kubernetes 1.19 or newer");
    }
}
