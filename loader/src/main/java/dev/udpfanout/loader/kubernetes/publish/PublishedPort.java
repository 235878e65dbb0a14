package dev.udpfanout.loader.kubernetes.publish;

import dev.udpfanout.loader.kubernetes.api.Present;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServiceSpec;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The port of a Service that an EndpointSlice is about.
 *
 * @param serviceUid tells a Service from one of the same name that was there before
 * @param name as the Service gives it, empty if it gives none: kube-proxy ignores an endpoint port of another name
 */
record PublishedPort(String serviceUid, String name) {
    private static final String UDP = "UDP";

    /**
     * Finds it among the Service's UDP ports: the one whose datagrams go to the listener's port, else the one of that
     * number, else the only one.
     */
    static Optional<PublishedPort> of(Service service, int listenerPort) {
        Optional<String> uid = Optional.ofNullable(service.getMetadata()).map(ObjectMeta::getUid);
        if (uid.isEmpty()) {
            // A slice cannot belong to it.
            return Optional.empty();
        }
        List<ServicePort> ports =
                Optional.ofNullable(service.getSpec())
                        .map(ServiceSpec::getPorts)
                        .map(Present::in)
                        .orElse(List.of())
                        .stream()
                        .filter(port -> UDP.equals(port.getProtocol()))
                        .toList();
        return Stream.<Predicate<ServicePort>>of(
                        port -> targets(port, listenerPort),
                        port -> Integer.valueOf(listenerPort).equals(port.getPort()),
                        port -> ports.size() == 1)
                .flatMap(matches -> ports.stream().filter(matches))
                .findFirst()
                .map(port -> new PublishedPort(
                        uid.get(), Optional.ofNullable(port.getName()).orElse("")));
    }

    private static boolean targets(ServicePort port, int listenerPort) {
        return port.getTargetPort() != null
                && Integer.valueOf(listenerPort).equals(port.getTargetPort().getIntVal());
    }
}
