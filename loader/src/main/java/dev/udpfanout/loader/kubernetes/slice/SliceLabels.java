package dev.udpfanout.loader.kubernetes.slice;

import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.Map;

/**
 * The labels by which an EndpointSlice is known.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#management">Who manages a
 *     slice</a>
 */
public final class SliceLabels {
    /** Whose endpoints a slice has. */
    public static final String SERVICE = "kubernetes.io/service-name";

    /** Who keeps a slice: Kubernetes' own controller leaves those of others alone. */
    public static final String MANAGED_BY = "endpointslice.kubernetes.io/managed-by";

    /** The keeper of the slices in which nodes say whether they are ready. */
    public static final String MANAGER = "udp-fanout";

    /** The keeper of the slices of Services that select pods: kubernetes, pkg/controller/endpointslice. */
    private static final String CONTROLLER = "endpointslice-controller.k8s.io";

    private SliceLabels() {}

    /** Whether a slice is a node's, not one of receivers. */
    public static boolean isOfANode(EndpointSlice slice) {
        return isOf(slice, MANAGER);
    }

    /** Whether Kubernetes' own controller keeps a slice, by what it knows of the pods. */
    static boolean isOfController(EndpointSlice slice) {
        return isOf(slice, CONTROLLER);
    }

    private static boolean isOf(EndpointSlice slice, String keeper) {
        Map<String, String> labels =
                slice.getMetadata() == null ? null : slice.getMetadata().getLabels();
        return labels != null && keeper.equals(labels.get(MANAGED_BY));
    }
}
