package dev.udpfanout.loader.kubernetes.services;

import dev.udpfanout.loader.config.KubernetesSource.Port;
import dev.udpfanout.loader.config.ServicesConfig;
import dev.udpfanout.loader.control.DiscoveredEndpoint;
import dev.udpfanout.loader.kubernetes.api.Present;
import dev.udpfanout.loader.kubernetes.api.ServiceName;
import dev.udpfanout.loader.kubernetes.discovery.SliceEndpoints;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** What one annotated Service becomes, given all slices that there are. No more than arithmetic. */
final class ServiceReading {
    /** As Kubernetes writes it. */
    static final String UDP = "UDP";

    private static final String CLIENT_IP = "ClientIP";

    private final ServicesConfig config;
    private final Map<ServiceName, List<EndpointSlice>> slices;
    private final Map<ServiceName, List<EndpointSlice>> used = new HashMap<>();

    private ServiceReading(ServicesConfig config, Map<ServiceName, List<EndpointSlice>> slices) {
        this.config = config;
        this.slices = slices;
    }

    /**
     * What was read, and from what.
     *
     * @param used the slices of each Service that was looked at: its own, and its mirror's
     */
    record Outcome(Service service, Map<ServiceName, List<EndpointSlice>> used, AnnotatedService result) {
        /**
         * The same result, read from these objects; empty if another reading may have another. They are equal then, and
         * kept in place of the ones before: a new list brings others, and to compare objects with themselves costs
         * nothing.
         */
        Optional<Outcome> from(Service now, Map<ServiceName, List<EndpointSlice>> slices) {
            Map<ServiceName, List<EndpointSlice>> those = used.keySet().stream()
                    .collect(Collectors.toUnmodifiableMap(name -> name, name -> slices.getOrDefault(name, List.of())));
            return service.equals(now) && used.equals(those)
                    ? Optional.of(new Outcome(now, those, result))
                    : Optional.empty();
        }
    }

    /** Reads a Service that has the annotation; {@code slices} are all that there are, by their Service. */
    static Outcome of(ServicesConfig config, Service service, Map<ServiceName, List<EndpointSlice>> slices) {
        ServiceReading reading = new ServiceReading(config, slices);
        AnnotatedService result = reading.read(service);
        return new Outcome(service, Map.copyOf(reading.used), result);
    }

    private AnnotatedService read(Service service) {
        ServiceName name = ServiceReadings.name(service);
        String uid = Objects.requireNonNullElse(service.getMetadata().getUid(), "");
        try {
            return new AnnotatedService(name, uid, listeners(service, name), Optional.empty());
        } catch (RefusedServiceException e) {
            return new AnnotatedService(name, uid, List.of(), Optional.of(e.getMessage()));
        }
    }

    static boolean usesNotReady(Service service) {
        return service.getSpec() != null
                && Boolean.TRUE.equals(service.getSpec().getPublishNotReadyAddresses());
    }

    private List<EndpointSlice> slicesOf(ServiceName service) {
        return used.computeIfAbsent(service, name -> slices.getOrDefault(name, List.of()));
    }

    private List<ServedListener> listeners(Service service, ServiceName name) throws RefusedServiceException {
        ServiceAnnotations annotations =
                ServiceAnnotations.read(service.getMetadata().getAnnotations());
        if (service.getSpec() == null) {
            throw new RefusedServiceException("the Service has no spec");
        }
        List<ServicePort> ports = Present.in(service.getSpec().getPorts()).stream()
                .filter(port -> UDP.equals(port.getProtocol()) && port.getPort() != null)
                .toList();
        if (ports.isEmpty()) {
            throw new RefusedServiceException("the Service has no UDP port; remove " + ServiceAnnotations.POLICY);
        }
        if (CLIENT_IP.equals(service.getSpec().getSessionAffinity())) {
            annotations = withAffinity(annotations);
        }
        ServiceListeners listeners =
                new ServiceListeners(name, ServiceRules.of(service, config), annotations, config.lease());
        boolean usesNotReady = usesNotReady(service);
        List<ServedListener> all = new ArrayList<>();
        for (ServicePort port : ports) {
            Port target = new Port.Name(port.getName() == null ? "" : port.getName());
            List<DiscoveredEndpoint> copies = annotations.mirror().isPresent()
                    ? copies(name, annotations.mirror().get(), target)
                    : List.of();
            all.addAll(listeners.of(port, target, endpoints(name, target, usesNotReady), copies));
        }
        return all;
    }

    /** The endpoints that get copies: those of another Service of the namespace, at its port of the same name. */
    private List<DiscoveredEndpoint> copies(ServiceName service, ServiceMirror mirror, Port port)
            throws RefusedServiceException {
        ServiceName other = new ServiceName(service.namespace(), mirror.service());
        if (other.equals(service)) {
            throw new RefusedServiceException(ServiceAnnotations.MIRROR
                    + " names the Service itself, so endpoints would get datagrams twice; name another one");
        }
        List<EndpointSlice> known = slicesOf(other);
        if (known.isEmpty()) {
            throw new RefusedServiceException(ServiceAnnotations.MIRROR + ": no EndpointSlice is of the Service "
                    + other + "; name a Service of this namespace that has pods");
        }
        List<DiscoveredEndpoint> found = SliceEndpoints.of(known, port).endpoints();
        boolean hasAny = known.stream()
                .anyMatch(slice -> !Present.in(slice.getEndpoints()).isEmpty());
        if (found.isEmpty() && hasAny) {
            throw new RefusedServiceException(
                    ServiceAnnotations.MIRROR + ": the Service " + other + " has no UDP port with the name \"" + port
                            + "\", which the port has here; give both the same name");
        }
        return found;
    }

    /** {@code sessionAffinity: ClientIP}: one client, one endpoint. */
    private static ServiceAnnotations withAffinity(ServiceAnnotations asked) throws RefusedServiceException {
        if (!asked.canBeBySource()) {
            throw new RefusedServiceException("sessionAffinity: ClientIP sends each client to one endpoint, which does"
                    + " not go together with the annotations; set sessionAffinity: None, or "
                    + ServiceAnnotations.POLICY + "=hash without " + ServiceAnnotations.HASH_ON + " and "
                    + ServiceAnnotations.PAYLOAD);
        }
        return asked.bySource();
    }

    private List<DiscoveredEndpoint> endpoints(ServiceName service, Port port, boolean usesNotReady) {
        List<DiscoveredEndpoint> found =
                SliceEndpoints.of(slicesOf(service), port).endpoints();
        return usesNotReady ? found.stream().map(ServiceReading::asReady).toList() : found;
    }

    /** With publishNotReadyAddresses, Kubernetes calls endpoints on their way out ready as well. */
    private static DiscoveredEndpoint asReady(DiscoveredEndpoint endpoint) {
        return new DiscoveredEndpoint(
                endpoint.name(),
                endpoint.address(),
                endpoint.ready(),
                endpoint.serving(),
                endpoint.terminating() && !endpoint.ready(),
                endpoint.nodeName(),
                endpoint.zone(),
                endpoint.weight());
    }
}
