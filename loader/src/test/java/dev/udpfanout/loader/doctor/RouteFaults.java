package dev.udpfanout.loader.doctor;

import static dev.udpfanout.loader.doctor.Fault.of;
import static dev.udpfanout.loader.doctor.diagnosis.Diagnosis.Result.PROBLEM;

import java.util.List;

/** Rules and routes that lead datagrams elsewhere. */
final class RouteFaults {
    private RouteFaults() {}

    static List<Fault> ofFamily(Family family) {
        WayIn dummy = family.way(WayIn.DUMMY_INGRESS);
        String listener = Family.text(family.listener);
        // As administrators of VRFs do: ip-vrf(8). The steering route is in the table local, too.
        String localLater = "%1$s rule add lookup local pref 100; %1$s rule del pref 0; ".formatted(family.ip);
        String localFirst = "%1$s rule add lookup local pref 0; %1$s rule del pref 100".formatted(family.ip);
        String otherTable = "%1$s route add default via %2$s dev eth0 table 100; %1$s rule add "
                .formatted(family.ip, family.elsewhere);
        String noOtherTable = "%1$s rule del pref 50; %1$s route flush table 100; ".formatted(family.ip);
        return List.of(
                of(
                                "a rule shadows the listener",
                                dummy,
                                localLater + otherTable + "to " + listener + " lookup 100 pref 50",
                                noOtherTable + localFirst,
                                PROBLEM,
                                "listener_route",
                                "goes out of eth0 by routing table 100")
                        .dies("eth0", "leads it away"),
                of(
                                "a rule shadows the pods",
                                dummy,
                                otherTable + "to " + family.pods + " lookup 100 pref 50",
                                noOtherTable,
                                PROBLEM,
                                "endpoint_route",
                                "go out of eth0 by routing table 100; table main has a route by cni0")
                        .dies("eth0", "leads it away"),
                of(
                                "a rule shadows the pods for what comes in by eth0",
                                family.way(WayIn.VIP_DIRECT),
                                otherTable + "iif eth0 to " + family.pods + " lookup 100 pref 50",
                                noOtherTable,
                                PROBLEM,
                                "endpoint_route",
                                "by routing table 100")
                        .dies("eth0", "leads it away"),
                of(
                                "the listener's address is prohibited",
                                dummy,
                                localLater + family.ip + " rule add to " + listener + " prohibit pref 50",
                                family.ip + " rule del pref 50; " + localFirst,
                                PROBLEM,
                                "listener_route",
                                "a prohibit route, or rule, has it")
                        .dies("eth0", "prohibit"),
                of(
                                "a rule has the address of a socket dropped",
                                family.way(WayIn.NIC_USERSPACE),
                                "%1$s rule add to %2$s iif eth0 blackhole pref 1; %1$s rule add lookup local pref 2;"
                                                .formatted(family.ip, family.node)
                                        + family.ip + " rule del pref 0",
                                "%1$s rule add lookup local pref 0; %1$s rule del pref 2; %1$s rule del pref 1"
                                        .formatted(family.ip),
                                PROBLEM,
                                "listener_route",
                                "a blackhole route, or rule, has it")
                        .dies("eth0", "blackhole"));
    }
}
