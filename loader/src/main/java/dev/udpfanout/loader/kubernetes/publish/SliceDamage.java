package dev.udpfanout.loader.kubernetes.publish;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointConditions;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What others have done to a slice of ours. What they may add, such as annotations or labels, is no damage. */
final class SliceDamage {
    private SliceDamage() {}

    /**
     * Compares what is there with what was applied.
     *
     * @return a word for the log; empty if all that we applied is there
     */
    static Optional<String> of(EndpointSlice there, EndpointSlice applied) {
        boolean allConditions = hasMoreThanReady(there);
        if (!endpoints(there, allConditions).equals(endpoints(applied, allConditions))
                || !ports(there).equals(ports(applied))) {
            return Optional.of("changed");
        }
        ObjectMeta wanted = applied.getMetadata();
        ObjectMeta had = there.getMetadata();
        boolean isLabelled = orEmpty(had.getLabels())
                .entrySet()
                .containsAll(orEmpty(wanted.getLabels()).entrySet());
        boolean isOwned = owners(had).containsAll(owners(wanted));
        return isLabelled && isOwned ? Optional.empty() : Optional.of("changed");
    }

    /** Servers before 1.22 keep no other condition than "ready". */
    private static boolean hasMoreThanReady(EndpointSlice slice) {
        return Optional.ofNullable(slice.getEndpoints()).orElse(List.of()).stream()
                .map(Endpoint::getConditions)
                .anyMatch(each -> each != null && (each.getServing() != null || each.getTerminating() != null));
    }

    private static List<List<?>> endpoints(EndpointSlice slice, boolean allConditions) {
        return each(slice.getEndpoints(), (Endpoint endpoint) -> {
            EndpointConditions conditions =
                    Optional.ofNullable(endpoint.getConditions()).orElseGet(EndpointConditions::new);
            return List.of(
                    endpoint.getAddresses(),
                    Optional.ofNullable(endpoint.getNodeName()),
                    Optional.ofNullable(conditions.getReady()),
                    Optional.ofNullable(conditions.getServing()).filter(serving -> allConditions),
                    Optional.ofNullable(conditions.getTerminating()).filter(terminating -> allConditions));
        });
    }

    private static List<List<?>> ports(EndpointSlice slice) {
        return each(
                slice.getPorts(),
                (EndpointPort port) -> List.of(
                        Optional.ofNullable(port.getName()).orElse(""),
                        Optional.ofNullable(port.getProtocol()),
                        Optional.ofNullable(port.getPort())));
    }

    private static Set<String> owners(ObjectMeta metadata) {
        return Optional.ofNullable(metadata.getOwnerReferences()).orElse(List.of()).stream()
                .map(OwnerReference::getUid)
                .collect(Collectors.toSet());
    }

    private static <T> List<List<?>> each(List<T> list, Function<T, List<?>> key) {
        return Optional.ofNullable(list).orElse(List.of()).stream()
                .<List<?>>map(key::apply)
                .toList();
    }

    private static Map<String, String> orEmpty(Map<String, String> labels) {
        return labels == null ? Map.of() : labels;
    }
}
