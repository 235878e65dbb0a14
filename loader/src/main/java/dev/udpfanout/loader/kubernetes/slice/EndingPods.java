package dev.udpfanout.loader.kubernetes.slice;

import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointConditions;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The pods of which any slice says that they are on their way out. That cannot be undone: a pod's deletionTimestamp
 * never goes away. So what one slice says holds for all slices of its namespace, also when that slice has dropped the
 * pod while others still name it. Whoever writes slices in a namespace says nothing of another namespace's pods. Slices
 * that another keeper than Kubernetes' controller writes are left alone, and not asked: he may mean something else by
 * the word.
 *
 * <p>Pods are known by their UID: a new pod may have an old one's name and address. Kept are the UIDs of pods that end,
 * as long as a slice names them. Belongs to one thread at a time.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#terminating">EndpointSlices:
 *     terminating</a>
 */
public final class EndingPods {
    private static final String POD = "Pod";

    /** Their UIDs, by namespace; only namespaces that have any. */
    private Map<String, Set<String>> ending = Map.of();

    /** What slices of these namespaces became by the same pods, this time and the last: most slices stay the same. */
    private Map<EndpointSlice, EndpointSlice> told = new IdentityHashMap<>();

    private Map<EndpointSlice, EndpointSlice> toldBefore = Map.of();

    /** Takes note of all slices that there are; no list in them is null or has null in it. */
    public void see(Collection<EndpointSlice> slices) {
        Map<String, Set<String>> now = new HashMap<>();
        for (EndpointSlice slice : slices) {
            if (SliceLabels.isOfController(slice)) {
                noteTerminating(now, slice);
            }
        }
        if (!contains(now, ending)) {
            noteStillNamed(now, slices);
        }
        toldBefore = now.equals(ending) ? told : Map.of();
        told = new IdentityHashMap<>();
        ending = now;
    }

    private static void noteTerminating(Map<String, Set<String>> now, EndpointSlice slice) {
        for (Endpoint endpoint : slice.getEndpoints()) {
            if (isTerminating(endpoint)) {
                note(now, slice, endpoint);
            }
        }
    }

    private void noteStillNamed(Map<String, Set<String>> now, Collection<EndpointSlice> slices) {
        for (EndpointSlice slice : slices) {
            Set<String> before = in(slice);
            if (!before.isEmpty()) {
                for (Endpoint endpoint : slice.getEndpoints()) {
                    if (before.contains(uid(endpoint))) {
                        note(now, slice, endpoint);
                    }
                }
            }
        }
    }

    private static void note(Map<String, Set<String>> uids, EndpointSlice slice, Endpoint endpoint) {
        String uid = uid(endpoint);
        if (!uid.isEmpty()) {
            uids.computeIfAbsent(namespace(slice), first -> new HashSet<>()).add(uid);
        }
    }

    private static boolean contains(Map<String, Set<String>> all, Map<String, Set<String>> part) {
        return part.entrySet().stream()
                .allMatch(each -> all.getOrDefault(each.getKey(), Set.of()).containsAll(each.getValue()));
    }

    /**
     * A slice of which pods that end are terminating, and not ready any more; they serve if they did. The slice itself
     * if it says so already.
     */
    public EndpointSlice toldTo(EndpointSlice slice) {
        Set<String> uids = in(slice);
        if (uids.isEmpty()) {
            return slice;
        }
        EndpointSlice before = toldBefore.get(slice);
        EndpointSlice now = before == null ? told(slice, uids) : before;
        told.put(slice, now);
        return now;
    }

    private static EndpointSlice told(EndpointSlice slice, Set<String> uids) {
        List<Endpoint> all = null;
        List<Endpoint> endpoints = slice.getEndpoints();
        for (int i = 0; i < endpoints.size(); i++) {
            Endpoint endpoint = endpoints.get(i);
            if (!isTerminating(endpoint) && uids.contains(uid(endpoint))) {
                all = all == null ? new ArrayList<>(endpoints) : all;
                all.set(i, ending(endpoint));
            }
        }
        return all == null
                ? slice
                : new EndpointSlice(
                        slice.getAddressType(),
                        slice.getApiVersion(),
                        all,
                        slice.getKind(),
                        slice.getMetadata(),
                        slice.getPorts());
    }

    private static Endpoint ending(Endpoint endpoint) {
        Optional<EndpointConditions> conditions = Optional.ofNullable(endpoint.getConditions());
        boolean ready = conditions.map(EndpointConditions::getReady).orElse(true);
        boolean serving = conditions.map(EndpointConditions::getServing).orElse(ready);
        return new EndpointBuilder(endpoint)
                .withConditions(new EndpointConditions(false, serving, true))
                .build();
    }

    /** The UIDs that matter for a slice. */
    private Set<String> in(EndpointSlice slice) {
        return SliceLabels.isOfController(slice) ? ending.getOrDefault(namespace(slice), Set.of()) : Set.of();
    }

    private static boolean isTerminating(Endpoint endpoint) {
        return endpoint.getConditions() != null
                && Boolean.TRUE.equals(endpoint.getConditions().getTerminating());
    }

    /** Of the pod that an endpoint is; empty if it is none, or nobody knows which. */
    private static String uid(Endpoint endpoint) {
        return endpoint.getTargetRef() != null
                        && POD.equals(endpoint.getTargetRef().getKind())
                        && endpoint.getTargetRef().getUid() != null
                ? endpoint.getTargetRef().getUid()
                : "";
    }

    private static String namespace(EndpointSlice slice) {
        return Objects.requireNonNullElse(slice.getMetadata().getNamespace(), "");
    }
}
