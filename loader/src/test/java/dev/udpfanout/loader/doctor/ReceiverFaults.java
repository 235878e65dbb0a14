package dev.udpfanout.loader.doctor;

import static dev.udpfanout.loader.doctor.Fault.of;
import static dev.udpfanout.loader.doctor.diagnosis.Diagnosis.Result.PROBLEM;
import static dev.udpfanout.loader.doctor.diagnosis.Diagnosis.Result.WARNING;

import dev.udpfanout.bindings.abi.counter.DropReason;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.loader.endtoend.ServiceLab;
import java.util.List;

/** What may be wrong between the node and a receiver, of two that there are. */
final class ReceiverFaults {
    private static final int LARGE_BYTES = 1400;

    private ReceiverFaults() {}

    static List<Fault> ofFamily(Family family) {
        WayIn way = family.way(WayIn.DUMMY_INGRESS);
        String pod = family.pod;
        String place = family.place(pod, ServiceLab.POD_PORT);
        String text = place.replaceAll("\\[?(.*?)\\]?:\\d+$", "$1");
        return List.of(
                of(
                                "a blackhole route to a receiver",
                                way,
                                family.ip + " route add blackhole " + pod,
                                family.ip + " route del blackhole " + pod,
                                PROBLEM,
                                "endpoint_route",
                                "a blackhole route, or rule, has it")
                        .dies("dummy0", DropReason.FIB_BLACKHOLE.label()),
                of(
                                "an unreachable route to a receiver",
                                way,
                                family.ip + " route add unreachable " + pod,
                                family.ip + " route del unreachable " + pod,
                                PROBLEM,
                                "endpoint_route",
                                "the kernel has no way to " + place)
                        .dies("dummy0", DropReason.FIB_UNREACHABLE.label()),
                of(
                                "a smaller MTU on the way to one receiver",
                                way,
                                "%s route add %s dev cni0 mtu %d".formatted(family.ip, pod, family.smallMtuBytes),
                                "%s route del %s dev cni0".formatted(family.ip, pod),
                                WARNING,
                                "endpoint_mtu",
                                "takes packets of up to %d bytes, that of senders up to 1500"
                                        .formatted(family.smallMtuBytes))
                        .dies(LARGE_BYTES, family.isIpv6 ? "dummy0" : "eth0", "larger than the MTU"),
                of(
                                "a neighbour entry that is wrong",
                                way,
                                "ip neighbour replace " + pod + " lladdr 02:00:00:00:00:99 nud permanent dev cni0",
                                "ip neighbour del " + pod + " dev cni0",
                                PROBLEM,
                                "endpoint_neighbour",
                                "is fixed at 02:00:00:00:00:99")
                        .dies("pod's eth0", "another host's hardware address"),
                closed(way, place),
                gone(family, way, text),
                closed(family.way(WayIn.DUMMY_EGRESS), place),
                closed(family.way(WayIn.NIC), place));
    }

    /** Nobody has the receiver's address any more. */
    private static Fault gone(Family family, WayIn way, String text) {
        String network = family.isIpv6 ? family.pod + "/64" : family.pod + "/24";
        String router = family.isIpv6 ? TopologyPlan.POD_GATEWAY6 : TopologyPlan.POD_GATEWAY;
        return of(
                        "a receiver's host is gone",
                        way,
                        lab -> {
                            lab.pod(1, "ip address del %s dev eth0".formatted(network));
                            lab.node("ip neighbour flush dev cni0; ip neighbour flush dev cni0 nud permanent");
                        },
                        lab -> {
                            lab.pod(
                                    1,
                                    "ip address add %s dev eth0 %s; %s route replace default via %s"
                                            .formatted(network, family.isIpv6 ? "nodad" : "", family.ip, router));
                            lab.node("ip neighbour flush dev cni0");
                        },
                        PROBLEM,
                        "endpoint_neighbour",
                        "nobody answers for " + text + " on cni0")
                .dies("", "does not answer ARP or neighbour discovery");
    }

    /**
     * Of one alone the daemon learns it, and takes it out before trace has a look; of all it goes on to send to all.
     */
    private static Fault closed(WayIn way, String place) {
        return of(
                        "the receivers' sockets are closed",
                        way,
                        DoctorLab::closeReceivers,
                        DoctorLab::openReceivers,
                        PROBLEM,
                        "endpoint_socket",
                        "nobody listens on " + place)
                .dies("pod's eth0", "No socket listens");
    }
}
