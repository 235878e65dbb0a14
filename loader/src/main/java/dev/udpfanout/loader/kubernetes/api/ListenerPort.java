package dev.udpfanout.loader.kubernetes.api;

import dev.udpfanout.loader.control.ServiceAddresses;
import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.LoadBalancerStatus;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServiceSpec;
import io.fabric8.kubernetes.api.model.ServiceStatus;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The port of a Service whose datagrams a listener takes. */
public final class ListenerPort {
    private static final String UDP = "UDP";
    private static final int MAX_PORT = 65535;

    private ListenerPort() {}

    /**
     * Finds it among the Service's UDP ports: the one whose datagrams go to the listener's port, else the one of that
     * number, else the only one.
     */
    public static Optional<ServicePort> of(Service service, int listenerPort) {
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
                .findFirst();
    }

    private static boolean targets(ServicePort port, int listenerPort) {
        return port.getTargetPort() != null
                && Integer.valueOf(listenerPort).equals(port.getTargetPort().getIntVal());
    }

    /** Where datagrams for it are sent to. */
    public static ServiceAddresses addresses(List<Service> services, int listenerPort) {
        Set<InetSocketAddress> places = new HashSet<>();
        Set<Integer> nodePorts = new HashSet<>();
        for (Service service : services) {
            of(service, listenerPort).ifPresent(port -> {
                Optional.ofNullable(port.getPort()).filter(ListenerPort::isPort).ifPresent(number -> literals(service)
                        .flatMap(text -> LiteralAddress.parse(text).stream())
                        .forEach(address -> places.add(new InetSocketAddress(address, number))));
                Optional.ofNullable(port.getNodePort())
                        .filter(ListenerPort::isPort)
                        .ifPresent(nodePorts::add);
            });
        }
        return new ServiceAddresses(places, nodePorts);
    }

    private static boolean isPort(int number) {
        return number > 0 && number <= MAX_PORT;
    }

    /** One that has none says {@code None}. */
    private static Stream<String> literals(Service service) {
        Optional<ServiceSpec> spec = Optional.ofNullable(service.getSpec());
        Stream<String> vips = Optional.ofNullable(service.getStatus())
                .map(ServiceStatus::getLoadBalancer)
                .map(LoadBalancerStatus::getIngress)
                .map(Present::in)
                .orElse(List.of())
                .stream()
                .map(LoadBalancerIngress::getIp);
        return Stream.of(
                        vips,
                        spec.map(ServiceSpec::getClusterIP).stream(),
                        spec.map(ServiceSpec::getClusterIPs).map(Present::in).stream()
                                .flatMap(List::stream),
                        spec.map(ServiceSpec::getExternalIPs).map(Present::in).stream()
                                .flatMap(List::stream))
                .flatMap(texts -> texts);
    }
}
