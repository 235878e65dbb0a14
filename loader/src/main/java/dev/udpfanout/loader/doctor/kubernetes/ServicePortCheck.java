package dev.udpfanout.loader.doctor.kubernetes;

import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.kubernetes.api.ListenerPort;
import dev.udpfanout.loader.kubernetes.api.Present;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Whether the Service has a UDP port for the listener. A VIP-direct listener sees datagrams as senders send them, so
 * its port is the Service's own; on a dummy interface kube-proxy has changed it to the endpoint's. Pure.
 */
final class ServicePortCheck {
    private static final String CHECK = "service_port";

    private ServicePortCheck() {}

    static Diagnosis of(Service service, ListenerConfig listener) {
        String name = service.getMetadata().getNamespace() + "/"
                + service.getMetadata().getName();
        List<ServicePort> ports = Present.in(service.getSpec().getPorts()).stream()
                .filter(port -> "UDP".equals(port.getProtocol()) && port.getPort() != null)
                .toList();
        String all = ports.isEmpty()
                ? "no UDP port"
                : "UDP port "
                        + ports.stream().map(port -> port.getPort().toString()).collect(Collectors.joining(", "));
        int bind = listener.bind().getPort();
        if (listener.vipDirect()) {
            return ports.stream().anyMatch(port -> port.getPort() == bind)
                    ? Diagnosis.ok(CHECK, name + " has UDP port " + bind)
                    : Diagnosis.problem(
                            CHECK,
                            name + " has " + all + ", and the listener takes the VIP's port " + bind,
                            "a VIP-direct listener sees the Service's own port, not its targetPort; none of its datagrams"
                                    + " has port " + bind,
                            ports.isEmpty()
                                    ? "give the Service a UDP port " + bind
                                    : "bind: \"vip:" + ports.getFirst().getPort() + "\" of the listener");
        }
        Optional<ServicePort> port = ListenerPort.of(service, bind);
        return port.map(found -> Diagnosis.ok(
                        CHECK, name + " has UDP port " + found.getPort() + " for the listener's port " + bind))
                .orElseGet(() -> Diagnosis.problem(
                        CHECK,
                        name + " has " + all + ", and none of them is the listener's, which is " + bind,
                        "the daemon publishes no endpoint, and kube-proxy has no rule",
                        "give one of the Service's UDP ports targetPort: " + bind));
    }
}
