package dev.udpfanout.loader.doctor.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.udpfanout.loader.config.AddressText;
import dev.udpfanout.loader.config.ServicesConfig;
import dev.udpfanout.loader.control.DiscoveredEndpoint;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.doctor.facts.DaemonStatus;
import dev.udpfanout.loader.kubernetes.api.Present;
import dev.udpfanout.loader.kubernetes.api.ServiceName;
import dev.udpfanout.loader.kubernetes.services.AnnotatedService;
import dev.udpfanout.loader.kubernetes.services.ServedListener;
import dev.udpfanout.loader.kubernetes.services.ServiceOutlook;
import io.fabric8.kubernetes.api.model.Service;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Whether a Service that is to be served by its annotations is, and why it is not. Pure. */
final class AnnotatedServiceChecks {
    private static final String ANNOTATIONS = "annotations";
    private static final String IN_FORCE = "in_force";
    private static final String VIP = "vip";
    private static final String LOCAL = "local_policy";
    private static final int SHOWN = 40;

    private AnnotatedServiceChecks() {}

    /** Whether the configuration has annotated Services of that namespace served. */
    static Diagnosis ofConfig(Optional<ServicesConfig> config, ServiceName name) {
        if (config.isEmpty()) {
            return Diagnosis.problem(
                    "services",
                    "the configuration has no services",
                    "annotations of Services do nothing",
                    "add services: to the configuration (docs/services.md)");
        }
        return config.get().namespaces().isEmpty() || config.get().namespaces().contains(name.namespace())
                ? Diagnosis.ok("services", "annotated Services of namespace " + name.namespace() + " are looked for")
                : Diagnosis.problem(
                        "services",
                        "services.namespaces of the configuration does not have " + name.namespace(),
                        "annotations of its Services do nothing",
                        "add " + name.namespace() + " to services.namespaces, and bind the Role there");
    }

    /** What the annotations say, or which of them is refused. */
    static Diagnosis ofAnnotations(Service service, ServiceName name, Optional<AnnotatedService> outlook) {
        Map<String, String> own = ServiceOutlook.annotations(service);
        if (outlook.isEmpty()) {
            return Diagnosis.problem(
                    ANNOTATIONS,
                    name + " has no annotation " + ServiceOutlook.POLICY
                            + (own.isEmpty() ? "" : ", only " + String.join(", ", own.keySet())),
                    "kube-proxy alone serves it, by flow",
                    "kubectl -n " + name.namespace() + " annotate service " + name.name() + " " + ServiceOutlook.POLICY
                            + "=round_robin");
        }
        return outlook.get()
                .refusal()
                .map(reason -> Diagnosis.problem(
                        ANNOTATIONS,
                        reason,
                        "kube-proxy alone serves the Service, by flow",
                        "correct it: kubectl -n " + name.namespace() + " edit service " + name.name()))
                .orElseGet(() -> Diagnosis.ok(
                        ANNOTATIONS,
                        own.entrySet().stream()
                                .map(each -> each.getKey() + "=" + shortened(each.getValue()))
                                .collect(Collectors.joining(", "))));
    }

    /** Whether the daemon serves it: it may be refused since another one has its address. */
    static Diagnosis inForce(ServiceName name, DaemonStatus daemon, List<ServedListener> expected) {
        if (daemon.page().isEmpty()) {
            return Diagnosis.notChecked(
                    IN_FORCE, "no daemon says which Services it serves", "udp-fanout status on the node");
        }
        JsonNode page = daemon.page().get();
        String refusal =
                page.path("services").path("refused").path(name.toString()).asText();
        if (!refusal.isEmpty()) {
            return Diagnosis.problem(
                    IN_FORCE,
                    "the daemon does not serve it: " + refusal,
                    "kube-proxy alone serves the Service, by flow",
                    "change one of the two; udp-fanout status lists what is served");
        }
        List<String> missing = expected.stream()
                .map(each -> each.config().name())
                .filter(listener -> daemon.listener(listener).isEmpty())
                .toList();
        boolean isConnected = page.path("services").path("connected").asBoolean();
        return missing.isEmpty()
                ? Diagnosis.ok(
                        IN_FORCE,
                        "the daemon serves it by "
                                + expected.stream()
                                        .map(each -> "listener " + each.config().name())
                                        .collect(Collectors.joining(", ")))
                : Diagnosis.problem(
                        IN_FORCE,
                        "the daemon does not have " + String.join(", ", missing) + " in force",
                        "kube-proxy alone serves those ports, by flow",
                        isConnected
                                ? "udp-fanout status and the daemon's log say why"
                                : "its watch of Services is not connected: udp-fanout status says why");
    }

    /** A Service that waits for its VIP is served by its cluster address alone. */
    static Diagnosis vip(Service service, ServiceName name, List<ServedListener> listeners) {
        String addresses = listeners.stream()
                .flatMap(each -> each.addresses().stream())
                .map(AddressText::of)
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
        boolean waits = "LoadBalancer".equals(service.getSpec().getType())
                && (service.getStatus() == null
                        || service.getStatus().getLoadBalancer() == null
                        || Present.in(service.getStatus().getLoadBalancer().getIngress())
                                .isEmpty());
        return waits
                ? Diagnosis.warning(
                        VIP,
                        name + " is of type LoadBalancer and has no VIP, only " + addresses,
                        "nobody outside of the cluster can send to it",
                        "is there a pool of MetalLB's for it? kubectl -n " + name.namespace() + " describe service "
                                + name.name())
                : Diagnosis.ok(VIP, name + " is served at " + addresses);
    }

    /** Addresses of a local policy, and all of a Service with replies, lead to endpoints of this node alone. */
    static List<Diagnosis> localPolicies(String node, List<ServedListener> listeners) {
        List<Diagnosis> found = new ArrayList<>();
        for (ServedListener each : listeners) {
            if (isLocal(each) && each.endpoints().stream().noneMatch(endpoint -> isOf(node, endpoint))) {
                found.add(Diagnosis.warning(
                                LOCAL,
                                "only endpoints of the node to which datagrams come get them (externalTrafficPolicy or"
                                        + " internalTrafficPolicy is Local, or replies are on), and none that is ready"
                                        + " is on " + node,
                                "what comes in here is dropped; MetalLB does not announce a VIP from here while"
                                        + " externalTrafficPolicy is Local",
                                "is it meant so? Otherwise schedule an endpoint here, or set the policy: Cluster")
                        .of(each.config().name()));
            }
        }
        return found;
    }

    private static boolean isLocal(ServedListener listener) {
        return listener.config().receivers().delivery().onThisNodeOnly();
    }

    private static boolean isOf(String node, DiscoveredEndpoint endpoint) {
        return endpoint.ready() && endpoint.nodeName().filter(node::equals).isPresent();
    }

    private static String shortened(String text) {
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
    }
}
