package dev.udpfanout.loader.kubernetes.services;

import dev.udpfanout.loader.config.ServicesConfig;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What one Service would become by itself, for whoever asks why it is served as it is. Pure. */
public final class ServiceOutlook {
    /** The annotation with which a Service is served. */
    public static final String POLICY = ServiceAnnotations.POLICY;

    private ServiceOutlook() {}

    /**
     * Reads it as the daemon does; whether other Services or listeners have what it wants is not looked at.
     *
     * @param slices those of its endpoints
     * @return empty if it has not the annotation {@link #POLICY}
     */
    public static Optional<AnnotatedService> of(
            ServicesConfig config, Service service, Collection<EndpointSlice> slices) {
        return new ServiceReadings(config).of(List.of(service), slices).stream().findFirst();
    }

    /** The annotations of a Service that are for udp-fanout, by name. */
    public static Map<String, String> annotations(Service service) {
        Map<String, String> own = new TreeMap<>();
        Optional.ofNullable(service.getMetadata().getAnnotations())
                .orElse(Map.of())
                .forEach((name, value) -> {
                    if (name.startsWith(ServiceAnnotations.PREFIX)) {
                        own.put(name, value);
                    }
                });
        return own;
    }
}
