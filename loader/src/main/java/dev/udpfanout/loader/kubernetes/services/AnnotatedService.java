package dev.udpfanout.loader.kubernetes.services;

import dev.udpfanout.loader.kubernetes.api.ServiceName;
import java.util.List;
import java.util.Optional;

/**
 * A Service with the annotation, and what becomes of it.
 *
 * @param name which Service
 * @param uid the API server's, for Events about it
 * @param listeners that it becomes; none if it is refused
 * @param refusal why it is not served, or not all of it, and the mend; empty if it is
 */
public record AnnotatedService(ServiceName name, String uid, List<ServedListener> listeners, Optional<String> refusal) {
    public AnnotatedService {
        listeners = List.copyOf(listeners);
    }

    /** The same, left to kube-proxy as long as the node refuses one of its listeners, which stay wanted. */
    AnnotatedService unserved(String reason) {
        return new AnnotatedService(name, uid, listeners, Optional.of(reason));
    }

    /** The same, not served. */
    AnnotatedService refused(String reason) {
        return new AnnotatedService(name, uid, List.of(), Optional.of(reason));
    }
}
