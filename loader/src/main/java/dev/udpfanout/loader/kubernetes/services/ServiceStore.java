package dev.udpfanout.loader.kubernetes.services;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Keeps the Services with the annotation, and nothing of the others. Any thread may use it. */
final class ServiceStore implements ItemStore<Service> {
    /** As many as a cluster has, by Kubernetes' own limits. */
    static final int MAX_SERVICES = 10_000;

    private final Map<String, Service> kept = new HashMap<>();

    /** Whether a Service is one that the daemon is to serve. */
    static boolean isAnnotated(Service service) {
        return service.getMetadata() != null
                && service.getMetadata().getAnnotations() != null
                && service.getMetadata().getAnnotations().containsKey(ServiceAnnotations.POLICY);
    }

    @Override
    public String getKey(Service service) {
        return Cache.metaNamespaceKeyFunc(service);
    }

    @Override
    public synchronized Service put(String key, Service service) {
        boolean isKept = isAnnotated(service) && (kept.containsKey(key) || kept.size() < MAX_SERVICES);
        if (!isKept) {
            return kept.remove(key);
        }
        service.getMetadata().setManagedFields(List.of());
        return kept.put(key, service);
    }

    @Override
    public synchronized Service remove(String key) {
        return kept.remove(key);
    }

    @Override
    public synchronized Stream<String> keySet() {
        return List.copyOf(kept.keySet()).stream();
    }

    @Override
    public synchronized Stream<Service> values() {
        return List.copyOf(kept.values()).stream();
    }

    @Override
    public synchronized int size() {
        return kept.size();
    }

    @Override
    public synchronized Service get(String key) {
        return kept.get(key);
    }

    @Override
    public boolean isFullState() {
        return false;
    }
}
