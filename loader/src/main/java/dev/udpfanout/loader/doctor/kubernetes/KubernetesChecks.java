package dev.udpfanout.loader.doctor.kubernetes;

import dev.udpfanout.loader.config.KubernetesSource;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.PublishTarget;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.doctor.facts.ServedListener;
import dev.udpfanout.loader.kubernetes.api.NodeIdentity;
import dev.udpfanout.loader.kubernetes.api.ServiceName;
import dev.udpfanout.loader.kubernetes.slice.SliceApi;
import dev.udpfanout.loader.kubernetes.slice.SliceLabels;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.VersionInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What Kubernetes has to say of a listener: the Service of its VIP, and where its receivers come from. The Service is
 * asked for once.
 */
public final class KubernetesChecks {
    private final KubernetesClient client;
    private final NodeIdentity node;

    public KubernetesChecks(KubernetesClient client, NodeIdentity node) {
        this.client = client;
        this.node = node;
    }

    /**
     * The Service that a listener publishes to, or why it is not known.
     *
     * @param service empty if there is none, it is not known, or the listener does not publish
     */
    public record Published(Optional<Service> service, Optional<Diagnosis> failure) {}

    public Published published(ListenerConfig listener) {
        if (listener.publish().isEmpty()) {
            return new Published(Optional.empty(), Optional.empty());
        }
        PublishTarget target = listener.publish().get();
        ServiceName name = node.service(target.namespace(), target.service());
        String text = name.namespace() + "/" + name.name();
        try {
            Service service = client.services()
                    .inNamespace(name.namespace())
                    .withName(name.name())
                    .get();
            if (service == null) {
                return new Published(
                        Optional.empty(),
                        Optional.of(Diagnosis.problem(
                                "service",
                                "there is no Service " + text,
                                "there is no VIP for the listener",
                                "create it, or correct publish of the listener: kubectl -n " + name.namespace()
                                        + " get services")));
            }
            service.setSpec(Optional.ofNullable(service.getSpec()).orElseGet(ServiceSpec::new));
            return new Published(Optional.of(service), Optional.empty());
        } catch (KubernetesClientException e) {
            String look = "kubectl -n " + name.namespace() + " get service " + name.name() + " -o yaml";
            return new Published(
                    Optional.empty(), Optional.of(ApiFailure.of(client, "service", "Service " + text, look, e)));
        }
    }

    /** What there is to say of the VIP's Service; of a listener that does not publish nothing. */
    public List<Diagnosis> ofService(ListenerConfig listener, Published published) {
        List<Diagnosis> found = new ArrayList<>();
        listener.publish().ifPresent(target -> {
            ServiceName name = node.service(target.namespace(), target.service());
            found.add(asked(
                    "access",
                    "rights in namespace " + name.namespace(),
                    () -> AccessCheck.ofPublication(client, name.namespace())));
            published.failure().ifPresent(found::add);
            published.service().ifPresent(service -> {
                found.addAll(ServiceChecks.of(service, listener));
                found.add(ServicePortCheck.of(service, listener));
                found.add(endpoints(name));
                if (listener.isOnDummyInterface()) {
                    PublishedAddressChecks.of(service, listener, version(listener))
                            .ifPresent(found::add);
                }
            });
        });
        return found;
    }

    /** What there is to say of its receivers; of a listener whose receivers are in the file nothing. */
    public List<Diagnosis> ofReceivers(ServedListener listener) {
        List<Diagnosis> found = new ArrayList<>();
        listener.config().receivers().kubernetes().ifPresent(source -> found.addAll(ofReceivers(listener, source)));
        return found;
    }

    private List<Diagnosis> ofReceivers(ServedListener listener, KubernetesSource source) {
        ServiceName name = node.service(source.namespace(), source.service());
        String text = name.namespace() + "/" + name.name();
        List<Diagnosis> found = new ArrayList<>();
        found.add(asked(
                "access",
                "rights in namespace " + name.namespace(),
                () -> AccessCheck.ofReceivers(client, name.namespace())));
        found.add(asked(
                "receivers",
                "EndpointSlices of " + text,
                () -> ReceiversCheck.of(text, source, new SliceApi(client).list(name))));
        if (!listener.isUserspace()) {
            found.add(NetworkPolicyCheck.of(client, name.namespace(), name.name()));
        }
        return found;
    }

    /** Whether load balancers may lead traffic here; nothing if no listener publishes. */
    public Stream<Diagnosis> ofNode(List<ServedListener> listeners) {
        return listeners.stream().anyMatch(each -> each.config().publish().isPresent())
                ? Stream.of(NodeLabelCheck.of(client, node.nodeName()))
                : Stream.empty();
    }

    private Diagnosis asked(String check, String what, Supplier<Diagnosis> question) {
        try {
            return question.get();
        } catch (KubernetesClientException e) {
            return ApiFailure.of(client, check, what, "kubectl auth can-i --list", e);
        }
    }

    private Diagnosis endpoints(ServiceName name) {
        try {
            return SliceChecks.of(name.namespace(), name.name(), new SliceApi(client).list(name));
        } catch (KubernetesClientException e) {
            String look = "kubectl -n " + name.namespace() + " get endpointslices -l " + SliceLabels.SERVICE + "="
                    + name.name();
            return ApiFailure.of(
                    client, "endpoints", "EndpointSlices of " + name.namespace() + "/" + name.name(), look, e);
        }
    }

    /** The API server's, where it matters; null if it does not say. */
    private VersionInfo version(ListenerConfig listener) {
        try {
            return listener.range().isPresent() ? null : client.getKubernetesVersion();
        } catch (KubernetesClientException e) {
            return null;
        }
    }
}
