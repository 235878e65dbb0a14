package dev.udpfanout.loader.kubernetes.slice;

import dev.udpfanout.loader.kubernetes.api.Present;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.util.List;
import java.util.Map;

/**
 * A slice that can be read without a look at each field first: it has metadata with a name and labels, and no list is
 * null or contains null. What an answer lacks counts as empty.
 */
final class SoundSlice {
    private SoundSlice() {}

    /** The slice itself if it is sound, else a copy that is. */
    static EndpointSlice of(EndpointSlice slice) {
        if (isSound(slice)) {
            return slice;
        }
        return new EndpointSliceBuilder()
                .withApiVersion(slice.getApiVersion())
                .withMetadata(metadata(slice.getMetadata()))
                .withAddressType(slice.getAddressType())
                .withPorts(Present.in(slice.getPorts()))
                .withEndpoints(Present.in(slice.getEndpoints()).stream()
                        .map(SoundSlice::endpoint)
                        .toList())
                .build();
    }

    private static boolean isSound(EndpointSlice slice) {
        ObjectMeta metadata = slice.getMetadata();
        return metadata != null
                && metadata.getName() != null
                && metadata.getLabels() != null
                && isSound(metadata.getOwnerReferences())
                && isSound(slice.getPorts())
                && isSound(slice.getEndpoints())
                && slice.getEndpoints().stream().allMatch(endpoint -> isSound(endpoint.getAddresses()));
    }

    private static boolean isSound(List<?> list) {
        return list != null && Present.in(list) == list;
    }

    private static ObjectMeta metadata(ObjectMeta metadata) {
        if (metadata == null) {
            return new ObjectMetaBuilder().withName("").withLabels(Map.of()).build();
        }
        return new ObjectMetaBuilder(metadata)
                .withName(metadata.getName() == null ? "" : metadata.getName())
                .withLabels(metadata.getLabels() == null ? Map.of() : metadata.getLabels())
                .withOwnerReferences(Present.in(metadata.getOwnerReferences()))
                .build();
    }

    private static Endpoint endpoint(Endpoint endpoint) {
        return isSound(endpoint.getAddresses())
                ? endpoint
                : new EndpointBuilder(endpoint)
                        .withAddresses(Present.in(endpoint.getAddresses()))
                        .build();
    }
}
