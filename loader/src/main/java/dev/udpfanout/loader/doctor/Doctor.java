package dev.udpfanout.loader.doctor;

import dev.udpfanout.loader.config.Config;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.PublishTarget;
import dev.udpfanout.loader.kubernetes.api.NodeIdentity;
import dev.udpfanout.loader.kubernetes.api.ServiceName;
import dev.udpfanout.loader.kubernetes.slice.SliceApi;
import dev.udpfanout.loader.kubernetes.slice.SliceLabels;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.VersionInfo;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Looks at all that stands between a sender and the daemon's listeners, as far as a process without a shell can see it.
 */
public final class Doctor {
    private final NodeFiles files;
    private final KubernetesClient client;
    private final String ownNamespace;

    /**
     * @param proc where proc(5) is: its network is that of the calling process
     * @param client asked for the Services that listeners publish to; the caller's to close
     * @param node whose namespace stands for one that the configuration leaves out
     */
    public Doctor(Path proc, KubernetesClient client, NodeIdentity node) {
        this.files = new NodeFiles(proc);
        this.client = client;
        this.ownNamespace = node.namespace();
    }

    /** What came of every check that the configuration asks for, in the order of a datagram's way. */
    public List<Diagnosis> examine(Config config) {
        ConnectionTrackingChecks tracking = new ConnectionTrackingChecks(files);
        List<Diagnosis> found = new ArrayList<>();
        for (ListenerConfig listener : config.listeners()) {
            listener.publish().ifPresent(target -> found.addAll(service(target, listener, tracking)));
        }
        new ServiceProxyChecks(files).of(config).ifPresent(found::add);
        found.addAll(new ForwardingChecks(files).of(config));
        found.addAll(new FirewallChecks().of(config));
        if (config.listeners().stream().anyMatch(ListenerConfig::isOnDummyInterface)) {
            found.add(tracking.room());
        }
        return found;
    }

    private List<Diagnosis> service(PublishTarget target, ListenerConfig listener, ConnectionTrackingChecks tracking) {
        String namespace = target.namespace().orElse(ownNamespace);
        String name = namespace + "/" + target.service();
        try {
            Service service = client.services()
                    .inNamespace(namespace)
                    .withName(target.service())
                    .get();
            if (service == null) {
                return List.of(Diagnosis.problem(
                        "service", "there is no Service " + name, "create it, or correct publish of the listener"));
            }
            service.setSpec(Optional.ofNullable(service.getSpec()).orElseGet(ServiceSpec::new));
            List<Diagnosis> found = new ArrayList<>(ServiceChecks.of(service, listener));
            found.add(endpoints(namespace, target.service()));
            if (listener.isOnDummyInterface()) {
                int port = listener.bind().getPort();
                found.add(tracking.stale(
                        ServiceChecks.vips(service, port),
                        place -> listener.takes(new InetSocketAddress(place.address(), place.port()))));
                PublishedAddressChecks.of(service, listener, version(listener)).ifPresent(found::add);
            }
            return found;
        } catch (KubernetesClientException e) {
            return List.of(Diagnosis.notChecked(
                    "service",
                    "Service " + name + ": the API server does not answer, or does not let us ask (" + reason(e) + ")",
                    "look with: kubectl -n " + namespace + " get service " + target.service() + " -o yaml"));
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

    private Diagnosis endpoints(String namespace, String service) {
        try {
            return SliceChecks.of(namespace, service, new SliceApi(client).list(new ServiceName(namespace, service)));
        } catch (KubernetesClientException e) {
            return Diagnosis.notChecked(
                    "endpoints",
                    "EndpointSlices of " + namespace + "/" + service + ": the API server does not let us ask ("
                            + reason(e) + ")",
                    "look with: kubectl -n " + namespace + " get endpointslices -l " + SliceLabels.SERVICE + "="
                            + service);
        }
    }

    private static String reason(KubernetesClientException e) {
        return e.getCode() > 0
                ? "HTTP " + e.getCode()
                : String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
