package dev.udpfanout.loader.kubernetes.slice;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.List;

/** What an informer has seen, as the daemon reads it. */
public final class ReadSlices {
    private ReadSlices() {}

    /** As {@link SliceApi#read}, of either version. */
    public static List<EndpointSlice> of(List<? extends HasMetadata> seen) {
        return SliceApi.read(seen);
    }
}
