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

    private TrimmedSlice() {}

    /** The same slice, trimmed. */
    static EndpointSlice of(EndpointSlice slice) {
        trim(slice.getMetadata());
        Map<EndpointConditions, EndpointConditions> conditions = new HashMap<>();
        for (Endpoint endpoint : Present.in(slice.getEndpoints())) {
            trim(endpoint, conditions);
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

    private static void trim(Endpoint endpoint, Map<EndpointConditions, EndpointConditions> conditions) {
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
            trimmed.setAdditionalProperties(Map.of());
            endpoint.setTargetRef(trimmed);
        }
    }

    private static String shared(String text) {
        return text == null ? null : text.intern();
    }
}
