package dev.udpfanout.loader.doctor.kubernetes;

import dev.udpfanout.loader.config.KubernetesSource;
import dev.udpfanout.loader.config.KubernetesSource.Port;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.kubernetes.api.Present;
import dev.udpfanout.loader.kubernetes.slice.SliceLabels;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Whether the Service that the receivers come from is there, has the port, and has somebody behind it. Pure. */
final class ReceiversCheck {
    private static final String CHECK = "receivers";

    private ReceiversCheck() {}

    /**
     * @param name the Service's namespace and name
     * @param slices those that have its label
     */
    static Diagnosis of(String name, KubernetesSource source, List<EndpointSlice> slices) {
        List<EndpointSlice> own =
                slices.stream().filter(slice -> !SliceLabels.isOfANode(slice)).toList();
        String[] parts = name.split("/");
        if (own.isEmpty()) {
            return Diagnosis.problem(
                    CHECK,
                    "there are no EndpointSlices of a Service " + name,
                    "the listener has no receivers from there",
                    "correct kubernetes.service or kubernetes.namespace of the listener: kubectl -n " + parts[0]
                            + " get services; without a selector a Service has no slices");
        }
        List<EndpointSlice> filled = own.stream()
                .filter(slice -> !Present.in(slice.getEndpoints()).isEmpty())
                .toList();
        if (filled.isEmpty()) {
            return Diagnosis.problem(
                    CHECK,
                    "the Service " + name + " has no endpoints",
                    "nobody can get a datagram",
                    "are pods of its selector running? kubectl -n " + parts[0] + " describe service " + parts[1]);
        }
        if (filled.stream().noneMatch(slice -> hasPort(slice, source.port()))) {
            return Diagnosis.problem(
                    CHECK,
                    "the Service " + name + " has no UDP port " + source.port() + ", but " + ports(filled),
                    "the listener has no receivers from there",
                    "correct kubernetes.port of the listener");
        }
        long ready = filled.stream()
                .filter(slice -> hasPort(slice, source.port()))
                .flatMap(slice -> Present.in(slice.getEndpoints()).stream())
                .filter(ReceiversCheck::isReady)
                .count();
        return ready == 0
                ? Diagnosis.problem(
                        CHECK,
                        "no endpoint of the Service " + name + " is ready",
                        "at best those that end get datagrams",
                        "kubectl -n " + parts[0] + " get pods; their readiness probes")
                : Diagnosis.ok(CHECK, name + " has " + ready + " ready endpoint(s) with UDP port " + source.port());
    }

    private static boolean isReady(Endpoint endpoint) {
        return endpoint.getConditions() == null
                || !Boolean.FALSE.equals(endpoint.getConditions().getReady());
    }

    private static boolean hasPort(EndpointSlice slice, Port port) {
        boolean isWithoutPorts = Present.in(slice.getPorts()).isEmpty();
        return port instanceof Port.Number && isWithoutPorts
                || Present.in(slice.getPorts()).stream()
                        .filter(each -> "UDP".equals(each.getProtocol()) && each.getPort() != null)
                        .anyMatch(each -> switch (port) {
                            case Port.Number(int number) -> each.getPort() == number;
                            case Port.Name(String text) -> text.equals(each.getName());
                        });
    }

    private static String ports(List<EndpointSlice> slices) {
        Set<String> found = slices.stream()
                .flatMap(slice -> Present.in(slice.getPorts()).stream())
                .map(port -> Optional.ofNullable(port.getName())
                                .filter(text -> !text.isEmpty())
                                .orElse("without a name")
                        + " (" + port.getProtocol() + " " + port.getPort() + ")")
                .collect(Collectors.toCollection(TreeSet::new));
        return found.isEmpty() ? "no port at all" : String.join(", ", found);
    }
}
