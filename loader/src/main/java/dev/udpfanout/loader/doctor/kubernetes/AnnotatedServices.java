package dev.udpfanout.loader.doctor.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ServicesConfig;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.doctor.facts.DaemonStatus;
import dev.udpfanout.loader.kubernetes.api.NodeIdentity;
import dev.udpfanout.loader.kubernetes.api.Present;
import dev.udpfanout.loader.kubernetes.api.ServiceName;
import dev.udpfanout.loader.kubernetes.services.AnnotatedService;
import dev.udpfanout.loader.kubernetes.services.ServedListener;
import dev.udpfanout.loader.kubernetes.services.ServiceOutlook;
import dev.udpfanout.loader.kubernetes.slice.SliceApi;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceSpec;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What there is to say of Services that are to be served by their annotations, before the way of their datagrams. */
public final class AnnotatedServices {
    private static final int EXAMPLES = 3;

    private final KubernetesClient client;
    private final NodeIdentity node;
    private final Optional<ServicesConfig> config;

    /** @param config empty if the daemon's configuration has no Services served */
    public AnnotatedServices(KubernetesClient client, NodeIdentity node, Optional<ServicesConfig> config) {
        this.client = client;
        this.node = node;
        this.config = config;
    }

    /**
     * A listener that a Service becomes.
     *
     * @param places where its senders send to, those outside of the cluster first
     */
    public record Served(ListenerConfig config, List<InetSocketAddress> places) {}

    /** What was found, and whose way is to be walked. */
    public record Examined(List<Diagnosis> found, List<Served> listeners) {}

    /** Whether Services are refused, of all that the daemon knows; nothing if it does not say. */
    public static Optional<Diagnosis> ofAll(DaemonStatus daemon) {
        return daemon.page()
                .map(page -> page.path("services"))
                .filter(JsonNode::isObject)
                .map(AnnotatedServices::all);
    }

    private static Diagnosis all(JsonNode services) {
        List<String> refused = services.path("refused").properties().stream()
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
        String served = services.path("served").asInt() + " annotated Service(s) are served";
        return refused.isEmpty()
                ? Diagnosis.ok("services", served)
                : Diagnosis.warning(
                        "services",
                        served + ", and " + refused.size() + " refused: "
                                + refused.stream().limit(EXAMPLES).collect(Collectors.joining(", "))
                                + (refused.size() > EXAMPLES ? " and others" : ""),
                        "kube-proxy alone serves these, by flow",
                        "udp-fanout doctor --config FILE --service " + refused.getFirst() + " says why");
    }

    /** Looks at one. Listeners whose way is known are given also if not all is well. */
    public Examined examine(ServiceName name, DaemonStatus daemon) {
        List<Diagnosis> found = new ArrayList<>();
        String look = "kubectl -n " + name.namespace() + " get service " + name.name() + " -o yaml";
        try {
            Service service = client.services()
                    .inNamespace(name.namespace())
                    .withName(name.name())
                    .get();
            if (service == null) {
                found.add(Diagnosis.problem(
                        "service",
                        "there is no Service " + name,
                        "nothing is served by it",
                        "correct --service: kubectl -n " + name.namespace() + " get services"));
                return new Examined(found, List.of());
            }
            service.setSpec(Optional.ofNullable(service.getSpec()).orElseGet(ServiceSpec::new));
            return examine(service, name, daemon, found);
        } catch (KubernetesClientException e) {
            found.add(ApiFailure.of(client, "service", "Service " + name, look, e));
            return new Examined(found, List.of());
        }
    }

    private Examined examine(Service service, ServiceName name, DaemonStatus daemon, List<Diagnosis> found) {
        Diagnosis ofConfig = AnnotatedServiceChecks.ofConfig(config, name);
        found.add(ofConfig);
        if (ofConfig.isBad()) {
            return new Examined(found, List.of());
        }
        found.add(access(config.orElseThrow().namespaces().isEmpty() ? "" : name.namespace()));
        List<EndpointSlice> slices = new SliceApi(client).list(name);
        Optional<AnnotatedService> outlook = ServiceOutlook.of(config.orElseThrow(), service, slices);
        Diagnosis ofAnnotations = AnnotatedServiceChecks.ofAnnotations(service, name, outlook);
        found.add(ofAnnotations);
        found.add(ServiceEventsCheck.of(client, name));
        List<ServedListener> listeners =
                outlook.map(AnnotatedService::listeners).orElse(List.of());
        if (ofAnnotations.isBad()) {
            return new Examined(found, List.of());
        }
        found.add(AnnotatedServiceChecks.inForce(name, daemon, listeners));
        found.add(AnnotatedServiceChecks.vip(service, name, listeners));
        found.addAll(AnnotatedServiceChecks.localPolicies(node.nodeName(), listeners));
        return new Examined(
                found, listeners.stream().map(each -> served(service, each)).toList());
    }

    private Diagnosis access(String namespace) {
        try {
            return AccessCheck.ofServices(client, namespace);
        } catch (KubernetesClientException e) {
            return ApiFailure.of(client, "access", "rights for annotated Services", "kubectl auth can-i --list", e);
        }
    }

    private static Served served(Service service, ServedListener listener) {
        List<String> cluster = Present.in(service.getSpec().getClusterIPs());
        List<InetSocketAddress> places = listener.addresses().stream()
                .sorted(Comparator.comparing(address -> cluster.contains(address.getHostAddress())))
                .map(address ->
                        new InetSocketAddress(address, listener.config().bind().getPort()))
                .toList();
        return new Served(listener.config(), places);
    }
}
