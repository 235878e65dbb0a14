package dev.udpfanout.loader.doctor.kubernetes;

import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.kubernetes.slice.SliceLabels;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Whether the endpoints of a listener's Service are those that the daemons publish, and no others. Pure. */
public final class SliceChecks {
    /** Makes slices of Endpoints that somebody has written: kubernetes, pkg/controller/endpointslicemirroring. */
    private static final String MIRRORING = "endpointslicemirroring-controller.k8s.io";

    private static final String CHECK = "endpoints";

    private SliceChecks() {}

    /**
     * @param namespace the Service's
     * @param service its name
     * @param slices all that have its label
     */
    public static Diagnosis of(String namespace, String service, List<EndpointSlice> slices) {
        String name = namespace + "/" + service;
        List<EndpointSlice> others =
                slices.stream().filter(slice -> !SliceLabels.isOfANode(slice)).toList();
        if (others.isEmpty()) {
            return Diagnosis.ok(CHECK, name + " has no endpoints but the daemons'");
        }
        String names = others.stream()
                .map(slice -> slice.getMetadata().getName())
                .sorted()
                .collect(Collectors.joining(", "));
        boolean isByHand = others.stream().anyMatch(slice -> keeper(slice).equals(MIRRORING));
        return isByHand
                ? Diagnosis.problem(
                        CHECK,
                        name + " has Endpoints by hand (" + names
                                + "): of one address for several nodes Kubernetes keeps"
                                + " one endpoint, and it stays when its node is not ready",
                        "leave it to the daemons: kubectl -n " + namespace + " delete endpoints " + service)
                : Diagnosis.problem(
                        CHECK,
                        name + " has EndpointSlices that are not the daemons' (" + names
                                + "): kube-proxy sends to them, too, past the listener",
                        "kubectl -n " + namespace + " delete endpointslices " + names.replace(",", "")
                                + "; a selector of the Service would bring them back");
    }

    private static String keeper(EndpointSlice slice) {
        return Optional.ofNullable(slice.getMetadata().getLabels())
                .map(labels -> labels.get(SliceLabels.MANAGED_BY))
                .orElse("");
    }
}
