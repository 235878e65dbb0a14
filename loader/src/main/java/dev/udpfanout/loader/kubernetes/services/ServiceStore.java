package dev.udpfanout.loader.kubernetes.services;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the Services with the annotation, and nothing of the others. Of more than fit into memory it keeps the oldest,
 * on all nodes the same ones: who makes many of them takes room from nobody who was there before. Any thread may use
 * it.
 */
final class ServiceStore implements ItemStore<Service> {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceStore.class);

    /** As many as a cluster has, by Kubernetes' own limits. */
    static final int MAX_SERVICES = 10_000;

    /** Of ports, prefixes of sources and addresses of all together, in addition to one for each Service. */
    static final int MAX_PARTS = 100_000;

    private final Map<String, Service> kept = new HashMap<>();
    private final TreeSet<Service> byAge = new TreeSet<>(ServiceReading.OLDEST_FIRST);
    private final Set<String> leftOut = new HashSet<>();
    private int parts;
    private boolean hasRoomAgain;
    private boolean isReported;

    /** Whether a Service is one that the daemon is to serve. */
    static boolean isAnnotated(Service service) {
        return service.getMetadata() != null
                && service.getMetadata().getAnnotations() != null
                && service.getMetadata().getAnnotations().containsKey(ServiceAnnotations.POLICY);
    }

    /** Whether there is room for Services that were not kept: only a new list has them. */
    synchronized boolean isOutdated() {
        return hasRoomAgain && !leftOut.isEmpty();
    }

    @Override
    public String getKey(Service service) {
        return Cache.metaNamespaceKeyFunc(service);
    }

    @Override
    public synchronized Service put(String key, Service service) {
        Service before = take(key);
        if (!isAnnotated(service)) {
            hasRoomAgain |= before != null;
            return before;
        }
        Service trimmed = TrimmedService.of(service);
        kept.put(key, trimmed);
        byAge.add(trimmed);
        parts += TrimmedService.parts(trimmed);
        while (kept.size() > MAX_SERVICES || parts > MAX_PARTS + MAX_SERVICES) {
            String youngest = getKey(byAge.last());
            take(youngest);
            leaveOut(youngest);
        }
        return before;
    }

    private void leaveOut(String key) {
        // What is beyond this many is forgotten: a new list has it.
        if (leftOut.size() < MAX_SERVICES) {
            leftOut.add(key);
        }
        if (!isReported) {
            isReported = true;
            LOG.atWarn()
                    .addKeyValue("service", key)
                    .addKeyValue("most_services", MAX_SERVICES)
                    .addKeyValue("most_ports_and_prefixes", MAX_PARTS)
                    .log("more annotated Services than the daemon keeps in memory, or larger ones; it leaves the"
                            + " youngest to kube-proxy. Remove the annotation where it is not needed, or name the"
                            + " namespaces in services.namespaces");
        }
    }

    /** Takes one out, if it is kept. */
    private Service take(String key) {
        leftOut.remove(key);
        Service before = kept.remove(key);
        if (before != null) {
            byAge.remove(before);
            parts -= TrimmedService.parts(before);
        }
        return before;
    }

    @Override
    public synchronized Service remove(String key) {
        Service before = take(key);
        hasRoomAgain |= before != null;
        return before;
    }

    /** Also of those that are not kept: the library removes what a list does not have. */
    @Override
    public synchronized Stream<String> keySet() {
        return Stream.concat(List.copyOf(kept.keySet()).stream(), List.copyOf(leftOut).stream());
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
