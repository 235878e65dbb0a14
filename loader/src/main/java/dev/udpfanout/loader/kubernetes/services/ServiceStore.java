package dev.udpfanout.loader.kubernetes.services;

import dev.udpfanout.loader.kubernetes.watch.BoundedStore;
import io.fabric8.kubernetes.api.model.Service;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the Services with the annotation, and nothing of the others. Of more than fit into memory it keeps the oldest,
 * on all nodes the same ones: who makes many of them takes room from nobody who was there before. Any thread may use
 * it.
 */
final class ServiceStore extends BoundedStore<Service> {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceStore.class);

    /** As many as a cluster has, by Kubernetes' own limits. */
    static final int MAX_SERVICES = 10_000;

    /** Of ports, prefixes of sources and addresses of all together, in addition to one for each Service. */
    static final int MAX_PARTS = 100_000;

    /** The older of two that want the same address keeps it. */
    static final Comparator<Service> OLDEST_FIRST = Comparator.comparing((Service service) ->
                    Objects.requireNonNullElse(service.getMetadata().getCreationTimestamp(), ""))
            .thenComparing(
                    service -> Objects.requireNonNullElse(service.getMetadata().getNamespace(), ""))
            .thenComparing(service -> service.getMetadata().getName());

    private final Map<String, Service> kept;
    private final TreeSet<Service> byAge = new TreeSet<>(OLDEST_FIRST);
    private final Set<String> leftOut;
    private int parts;
    private boolean hasRoomAgain;
    private boolean isReported;

    ServiceStore() {
        this(new HashMap<>(), new HashSet<>());
    }

    private ServiceStore(Map<String, Service> kept, Set<String> leftOut) {
        super(kept, leftOut);
        this.kept = kept;
        this.leftOut = leftOut;
    }

    /** Whether a Service is one that the daemon is to serve. */
    static boolean isAnnotated(Service service) {
        return service.getMetadata() != null
                && service.getMetadata().getAnnotations() != null
                && service.getMetadata().getAnnotations().containsKey(ServiceAnnotations.POLICY);
    }

    @Override
    protected boolean hasRoom() {
        return hasRoomAgain;
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
}
