package dev.udpfanout.loader.kubernetes.discovery;

import dev.udpfanout.loader.config.KubernetesSource.Port;
import dev.udpfanout.loader.config.ReceiverSet.Downstream;
import dev.udpfanout.loader.kubernetes.api.ServiceName;
import dev.udpfanout.loader.kubernetes.slice.SliceWatch;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says what is wrong in a Service's slices, each fault once. Belongs to one thread. */
final class FaultLog {
    private static final Logger LOG = LoggerFactory.getLogger(EndpointDiscovery.class);

    /** New ones that are told of at once; the metric counts the others. */
    private static final int MOST_LINES = 20;

    private final ServiceName service;
    private final Port port;
    private Set<Said> reported = Set.of();

    FaultLog(ServiceName service, Port port) {
        this.service = service;
        this.port = port;
    }

    /** What makes a fault another one: not how many endpoints it concerns. */
    private record Said(SliceFault.Kind kind, String slice, String value) {
        static Said of(SliceFault fault) {
            return new Said(fault.kind(), fault.slice(), fault.value());
        }
    }

    /** All faults that there are now. One that is gone is told of again when it comes back. */
    void report(List<SliceFault> faults) {
        List<SliceFault> fresh = faults.stream()
                .filter(fault -> !reported.contains(Said.of(fault)))
                .toList();
        fresh.stream().limit(MOST_LINES).forEach(this::say);
        if (fresh.size() > MOST_LINES) {
            LOG.atWarn()
                    .addKeyValue("service", service)
                    .log("{} more faults of this kind in the Service's EndpointSlices", fresh.size() - MOST_LINES);
        }
        reported = faults.stream().map(Said::of).collect(Collectors.toSet());
    }

    private void say(SliceFault fault) {
        var line = LOG.atWarn().addKeyValue("service", service).addKeyValue("slice", fault.slice());
        switch (fault.kind()) {
            case WITHOUT_PORT ->
                line.addKeyValue("port", port).log("EndpointSlice has no such UDP port; its endpoints are left out");
            case BAD_PORT ->
                line.addKeyValue("port", fault.value())
                        .log("EndpointSlice has a port that is not in 1..65535; its endpoints are left out");
            case BAD_ADDRESS ->
                line.addKeyValue("address", fault.value())
                        .log("an endpoint has no address that datagrams can be sent to; it is left out");
            case TOO_MANY ->
                line.addKeyValue("left_out", fault.endpoints())
                        .log(
                                "the Service has more than {} endpoints; those of the first slices by name are used,"
                                        + " the others are left out",
                                SliceWatch.MAX_ENDPOINTS);
            case BAD_WEIGHT ->
                line.log(
                        "EndpointSlice has an annotation {} that is not in 1..{}; its endpoints count as 1",
                        SliceWeight.ANNOTATION,
                        Downstream.MAX_WEIGHT);
        }
    }
}
