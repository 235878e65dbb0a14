package dev.udpfanout.loader.kubernetes.discovery;

import dev.udpfanout.loader.config.KubernetesSource.Port;
import dev.udpfanout.loader.control.DiscoveredEndpoint;
import dev.udpfanout.loader.kubernetes.slice.ReadSlices;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;

/** From what the API server has given to the endpoints that the daemon makes of it. */
public final class SlicesRead {
    private SlicesRead() {}

    /** The endpoints of slices of either version, for a port. */
    public static List<DiscoveredEndpoint> endpoints(List<? extends HasMetadata> seen, Port port) {
        return SliceEndpoints.of(ReadSlices.of(seen), port).endpoints();
    }
}
