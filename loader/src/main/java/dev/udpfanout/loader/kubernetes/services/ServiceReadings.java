package dev.udpfanout.loader.kubernetes.services;

import dev.udpfanout.loader.config.ServicesConfig;
import dev.udpfanout.loader.kubernetes.api.ServiceName;
import dev.udpfanout.loader.kubernetes.slice.EndingPods;
import dev.udpfanout.loader.kubernetes.slice.SliceLabels;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads annotated Services again and again, and of each time only those that have changed, or whose endpoints have: the
 * others stay the same objects. A pod that one slice calls terminating is so in all of them at once. Belongs to one
 * thread at a time.
 */
final class ServiceReadings {
    private final ServicesConfig config;
    private final EndingPods ending = new EndingPods();
    private Map<ServiceName, ServiceReading.Outcome> last = Map.of();

    ServiceReadings(ServicesConfig config) {
        this.config = config;
    }

    /**
     * All that have the annotation, the oldest first.
     *
     * @param slices all that there are
     */
    List<AnnotatedService> of(Collection<Service> services, Collection<EndpointSlice> slices) {
        Map<ServiceName, List<EndpointSlice>> byService = byService(slices, usingNotReady(services));
        Map<ServiceName, ServiceReading.Outcome> now = new HashMap<>();
        List<AnnotatedService> all = services.stream()
                .filter(ServiceStore::isAnnotated)
                .sorted(ServiceStore.OLDEST_FIRST)
                .map(service -> {
                    ServiceReading.Outcome outcome = read(service, byService);
                    now.put(name(service), outcome);
                    return outcome.result();
                })
                .toList();
        last = now;
        return all;
    }

    private ServiceReading.Outcome read(Service service, Map<ServiceName, List<EndpointSlice>> slices) {
        return Optional.ofNullable(last.get(name(service)))
                .flatMap(before -> before.from(service, slices))
                .orElseGet(() -> ServiceReading.of(config, service, slices));
    }

    /** Services for which a pod counts until its own slice drops it. */
    private static Set<ServiceName> usingNotReady(Collection<Service> services) {
        return services.stream()
                .filter(ServiceReading::usesNotReady)
                .map(ServiceReadings::name)
                .collect(Collectors.toSet());
    }

    private Map<ServiceName, List<EndpointSlice>> byService(
            Collection<EndpointSlice> slices, Set<ServiceName> usingNotReady) {
        ending.see(slices);
        Map<ServiceName, List<EndpointSlice>> byService = new HashMap<>();
        for (EndpointSlice slice : slices) {
            ServiceName service = new ServiceName(
                    slice.getMetadata().getNamespace(),
                    slice.getMetadata().getLabels().get(SliceLabels.SERVICE));
            byService
                    .computeIfAbsent(service, first -> new ArrayList<>())
                    .add(usingNotReady.contains(service) ? slice : ending.toldTo(slice));
        }
        return byService;
    }

    static ServiceName name(Service service) {
        return new ServiceName(
                service.getMetadata().getNamespace(), service.getMetadata().getName());
    }
}
