package dev.udpfanout.loader.kubernetes.services;

import dev.udpfanout.loader.kubernetes.api.Present;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServiceSpec;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Takes out of a Service what nobody here reads: an API server takes 256 KiB of annotations a Service, and anybody who
 * may make Services can have that of thousands of them in each daemon's memory.
 */
final class TrimmedService {
    /** Of an annotation's value; a longer one is wrong anyway, and is shown by its beginning. */
    private static final int MOST_CHARACTERS = 256;

    private TrimmedService() {}

    /** The same Service, trimmed. */
    static Service of(Service service) {
        ObjectMeta all = service.getMetadata();
        service.setMetadata(new ObjectMetaBuilder()
                .withNamespace(all.getNamespace())
                .withName(all.getName())
                .withUid(all.getUid())
                .withCreationTimestamp(all.getCreationTimestamp())
                .withResourceVersion(all.getResourceVersion())
                .withAnnotations(annotations(all.getAnnotations()))
                .build());
        service.setAdditionalProperties(Map.of());
        if (service.getSpec() != null) {
            trim(service.getSpec());
        }
        if (service.getStatus() != null) {
            service.getStatus().setConditions(List.of());
        }
        return service;
    }

    /** The daemon's own: those that it knows, and the first that it does not, so that it can name it. */
    private static Map<String, String> annotations(Map<String, String> all) {
        Map<String, String> own = new TreeMap<>();
        boolean hasUnknown = false;
        for (Map.Entry<String, String> each : new TreeMap<>(all).entrySet()) {
            boolean isKnown = ServiceAnnotations.isKnown(each.getKey());
            if (isKnown || (each.getKey().startsWith(ServiceAnnotations.PREFIX) && !hasUnknown)) {
                own.put(each.getKey(), shortened(each.getValue()));
                hasUnknown |= !isKnown;
            }
        }
        return Map.copyOf(own);
    }

    private static String shortened(String value) {
        return value == null || value.length() <= MOST_CHARACTERS
                ? String.valueOf(value)
                : value.substring(0, MOST_CHARACTERS);
    }

    private static void trim(ServiceSpec spec) {
        spec.setSelector(Map.of());
        spec.setAdditionalProperties(Map.of());
        spec.setPorts(Present.in(spec.getPorts()).stream()
                .filter(port -> ServiceReading.UDP.equals(port.getProtocol()))
                .map(TrimmedService::trimmed)
                .toList());
    }

    private static ServicePort trimmed(ServicePort port) {
        ServicePort trimmed = new ServicePort();
        trimmed.setName(port.getName());
        trimmed.setPort(port.getPort());
        trimmed.setProtocol(ServiceReading.UDP);
        return trimmed;
    }

    /** Of what lists without a bound have: ports, prefixes of sources, addresses. */
    static int parts(Service service) {
        ServiceSpec spec = service.getSpec();
        Stream<List<?>> lists = spec == null
                ? Stream.of()
                : Stream.of(
                        Present.in(spec.getPorts()),
                        Present.in(spec.getLoadBalancerSourceRanges()),
                        Present.in(spec.getExternalIPs()));
        boolean hasStatus = service.getStatus() != null && service.getStatus().getLoadBalancer() != null;
        int ingress = hasStatus
                ? Present.in(service.getStatus().getLoadBalancer().getIngress()).size()
                : 0;
        return 1 + ingress + lists.mapToInt(List::size).sum();
    }
}
