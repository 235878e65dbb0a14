package dev.udpfanout.loader.doctor.kubernetes;

import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.doctor.conntrack.ConnectionTrackingChecks;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.kubernetes.api.ListenerPort;
import dev.udpfanout.loader.kubernetes.api.LiteralAddress;
import dev.udpfanout.loader.kubernetes.api.Present;
import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Whether the LoadBalancer Service of a listener says what the listener needs it to. Pure. */
public final class ServiceChecks {
    private ServiceChecks() {}

    public static List<Diagnosis> of(Service service, ListenerConfig listener) {
        String name = service.getMetadata().getNamespace() + "/"
                + service.getMetadata().getName();
        List<Diagnosis> found = new ArrayList<>();
        found.add(policy(service, name, listener));
        found.add(selector(service, name, listener));
        found.add(
                addresses(service, listener).isEmpty()
                        ? Diagnosis.warning(
                                "vip",
                                name + " has no "
                                        + (listener.bind().getAddress() instanceof Inet6Address ? "IPv6" : "IPv4")
                                        + " address"
                                        + (ingress(service).isEmpty() ? "" : ", only " + addresses(service)),
                                "is there a pool of MetalLB's for it? kubectl describe service")
                        : Diagnosis.ok("vip", name + " has " + addresses(service)));
        return found;
    }

    private static Diagnosis policy(Service service, String name, ListenerConfig listener) {
        String policy = Optional.ofNullable(service.getSpec().getExternalTrafficPolicy())
                .orElse("Cluster");
        String finding = "externalTrafficPolicy of " + name + " is " + policy;
        if (policy.equals("Local")) {
            return Diagnosis.ok("traffic_policy", finding);
        }
        String mend = "set externalTrafficPolicy: Local";
        return listener.isOnDummyInterface()
                ? Diagnosis.problem(
                        "traffic_policy",
                        finding,
                        "kube-proxy masquerades, so receivers do not see the sender's address",
                        mend)
                : Diagnosis.warning(
                        "traffic_policy", finding, "MetalLB announces from nodes that are not ready, too", mend);
    }

    /** kube-proxy would send to the pods that it selects, past the listener. */
    private static Diagnosis selector(Service service, String name, ListenerConfig listener) {
        Map<String, String> selector =
                Optional.ofNullable(service.getSpec().getSelector()).orElse(Map.of());
        boolean matters = listener.isOnDummyInterface() && !selector.isEmpty();
        return matters
                ? Diagnosis.problem(
                        "selector",
                        name + " selects pods",
                        "kube-proxy sends to them, by flow, past the listener",
                        "take the selector away, and delete the EndpointSlices that are not the daemons'")
                : Diagnosis.ok(
                        "selector",
                        selector.isEmpty() ? name + " has none" : name + " has one, which does no harm here");
    }

    private static String addresses(Service service) {
        return String.join(
                ", ", ingress(service).stream().map(LoadBalancerIngress::getIp).toList());
    }

    private static List<LoadBalancerIngress> ingress(Service service) {
        if (service.getStatus() == null || service.getStatus().getLoadBalancer() == null) {
            return List.of();
        }
        return Present.in(service.getStatus().getLoadBalancer().getIngress()).stream()
                .filter(each -> LiteralAddress.parse(each.getIp()).isPresent())
                .toList();
    }

    /** The VIPs, with each UDP port that leads to a port of a listener; with listener port 0, with every UDP port. */
    public static Set<ConnectionTrackingChecks.Place> vips(Service service, int listenerPort) {
        Set<ConnectionTrackingChecks.Place> vips = new HashSet<>();
        for (LoadBalancerIngress ingress : ingress(service)) {
            for (ServicePort port : Present.in(service.getSpec().getPorts())) {
                Integer target = port.getTargetPort() == null
                        ? port.getPort()
                        : port.getTargetPort().getIntVal();
                boolean leads =
                        listenerPort == 0 || Integer.valueOf(listenerPort).equals(target);
                if ("UDP".equals(port.getProtocol()) && port.getPort() != null && leads) {
                    vips.add(
                            new ConnectionTrackingChecks.Place(InetAddress.ofLiteral(ingress.getIp()), port.getPort()));
                }
            }
        }
        return vips;
    }

    /**
     * Where the listener's senders send to: the VIPs, with the Service's port for the listener. A VIP-direct one takes
     * its own port.
     */
    public static Set<InetSocketAddress> vips(Service service, ListenerConfig listener) {
        int bind = listener.bind().getPort();
        Optional<Integer> port = listener.vipDirect()
                ? Optional.of(bind)
                : ListenerPort.of(service, bind).map(ServicePort::getPort);
        Set<InetSocketAddress> vips = new HashSet<>();
        port.ifPresent(number ->
                addresses(service, listener).forEach(address -> vips.add(new InetSocketAddress(address, number))));
        return vips;
    }

    /** Of a Service of both families, those of the listener's: the others lead to another listener. */
    private static List<InetAddress> addresses(Service service, ListenerConfig listener) {
        return ingress(service).stream()
                .map(each -> InetAddress.ofLiteral(each.getIp()))
                .filter(address ->
                        address.getClass() == listener.bind().getAddress().getClass())
                .toList();
    }
}
