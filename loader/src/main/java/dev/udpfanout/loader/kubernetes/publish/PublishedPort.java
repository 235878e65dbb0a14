package dev.udpfanout.loader.kubernetes.publish;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
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
        List<ServicePort> ports = Optional.ofNullable(service.getSpec().getPorts()).orElse(List.of()).stream()
                .filter(port -> UDP.equals(port.getProtocol()))
                .toList();
        return Stream.<Predicate<ServicePort>>of(
                        port -> targets(port, listenerPort),
                        port -> port.getPort() == listenerPort,
                        port -> ports.size() == 1)
                .flatMap(matches -> ports.stream().filter(matches))
                .findFirst()
                .map(port -> new PublishedPort(
                        service.getMetadata().getUid(),
                        Optional.ofNullable(port.getName()).orElse("")));
    }

    private static boolean targets(ServicePort port, int listenerPort) {
        return port.getTargetPort() != null
                && Integer.valueOf(listenerPort).equals(port.getTargetPort().getIntVal());
    }
}
