package dev.udpfanout.loader.doctor;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** What may be wrong, one at a time, over IPv4 and over IPv6: those of one way in share a lab. */
final class Faults {
    private Faults() {}

    /** With those that {@code make test} leaves out. */
    static List<Fault> all() {
        Stream<Fault> further =
                Arrays.stream(Family.values()).flatMap(family -> FurtherFaults.ofFamily(family).stream());
        return Stream.of(sample().stream(), further, ClusterFaults.all().stream(), DaemonFaults.further().stream())
                .flatMap(each -> each)
                .toList();
    }

    static List<Fault> sample() {
        Stream<List<Fault>> ofFamilies = Arrays.stream(Family.values())
                .flatMap(family -> Stream.of(
                        ServiceProxyFaults.ofFamily(family),
                        RouteFaults.ofFamily(family),
                        ReceiverFaults.ofFamily(family),
                        ProgramFaults.ofFamily(family),
                        FirewallFaults.ofFamily(family),
                        NodeFaults.ofFamily(family)));
        return Stream.concat(ofFamilies, Stream.of(KubernetesFaults.all(), DaemonFaults.all()))
                .flatMap(List::stream)
                .toList();
    }
}
