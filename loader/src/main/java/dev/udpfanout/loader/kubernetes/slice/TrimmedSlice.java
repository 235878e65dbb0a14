package dev.udpfanout.loader.kubernetes.slice;

import dev.udpfanout.loader.kubernetes.api.Present;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointConditions;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes out of a slice what nobody here reads, and lets equal parts of its endpoints be one object: as the API server
 * sends them, 65,536 endpoints take 60 MiB and more.
 */
final class TrimmedSlice {
    /** Like the annotation of weights, of the daemon itself. */
    private static final String OWN_ANNOTATIONS = "udp-fanout.dev/";

    /** Of a UUID as text. */
    private static final int UID_CHARACTERS = 36;

    private TrimmedSlice() {}

    /**
     * The same slice, trimmed.
     *
     * @param keepsUids whether pods keep their UIDs, about 100 bytes each: for {@link EndingPods}
     */
    static EndpointSlice of(EndpointSlice slice, boolean keepsUids) {
        trim(slice.getMetadata());
        Map<EndpointConditions, EndpointConditions> conditions = new HashMap<>();
        for (Endpoint endpoint : Present.in(slice.getEndpoints())) {
            trim(endpoint, conditions, keepsUids);
        }
        return slice;
    }

    private static void trim(ObjectMeta metadata) {
        if (metadata == null) {
            return;
        }
        metadata.setManagedFields(List.of());
        Map<String, String> own = new HashMap<>();
        if (metadata.getAnnotations() != null) {
            metadata.getAnnotations().forEach((name, value) -> {
                if (value != null && name.startsWith(OWN_ANNOTATIONS)) {
                    own.put(name, value);
                }
            });
        }
        metadata.setAnnotations(Map.copyOf(own));
    }

    private static void trim(
            Endpoint endpoint, Map<EndpointConditions, EndpointConditions> conditions, boolean keepsUids) {
        endpoint.setAddresses(List.copyOf(Present.in(endpoint.getAddresses())));
        if (endpoint.getConditions() != null) {
            endpoint.setConditions(conditions.computeIfAbsent(endpoint.getConditions(), same -> same));
        }
        endpoint.setHints(null);
        endpoint.setHostname(null);
        endpoint.setDeprecatedTopology(Map.of());
        endpoint.setAdditionalProperties(Map.of());
        endpoint.setNodeName(shared(endpoint.getNodeName()));
        endpoint.setZone(shared(endpoint.getZone()));
        ObjectReference target = endpoint.getTargetRef();
        if (target != null) {
            ObjectReference trimmed = new ObjectReference();
            trimmed.setKind(shared(target.getKind()));
            trimmed.setName(target.getName());
            trimmed.setUid(keepsUids ? uid(target.getUid()) : null);
            trimmed.setAdditionalProperties(Map.of());
            endpoint.setTargetRef(trimmed);
        }
    }

    /** One text for all slices that name the pod. Kubernetes' own are this long; another one is nobody's. */
    private static String uid(String uid) {
        return uid == null || uid.length() > UID_CHARACTERS ? null : shared(uid);
    }

    private static String shared(String text) {
        return text == null ? null : text.intern();
    }
}
