package dev.udpfanout.loader.kubernetes.publish;

import dev.udpfanout.loader.kubernetes.api.ListenerPort;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Service;
import java.util.Optional;

/**
 * The port of a Service that an EndpointSlice is about.
 *
 * @param serviceUid tells a Service from one of the same name that was there before
 * @param name as the Service gives it, empty if it gives none: kube-proxy ignores an endpoint port of another name
 */
record PublishedPort(String serviceUid, String name) {
    /** The one whose datagrams a listener takes: {@link ListenerPort}. */
    static Optional<PublishedPort> of(Service service, int listenerPort) {
        Optional<String> uid = Optional.ofNullable(service.getMetadata()).map(ObjectMeta::getUid);
        if (uid.isEmpty()) {
            // A slice cannot belong to it.
            return Optional.empty();
        }
        return ListenerPort.of(service, listenerPort)
                .map(port -> new PublishedPort(
                        uid.get(), Optional.ofNullable(port.getName()).orElse("")));
    }
}
