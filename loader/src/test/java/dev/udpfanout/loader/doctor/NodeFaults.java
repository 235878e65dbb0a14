package dev.udpfanout.loader.doctor;

import static dev.udpfanout.loader.doctor.Fault.of;
import static dev.udpfanout.loader.doctor.diagnosis.Diagnosis.Result.PROBLEM;
import static dev.udpfanout.loader.doctor.diagnosis.Diagnosis.Result.WARNING;

import java.util.ArrayList;
import java.util.List;

/** Settings of the kernel and of interfaces. */
final class NodeFaults {
    private NodeFaults() {}

    static List<Fault> ofFamily(Family family) {
        String everywhere = family.isIpv6 ? "net.ipv6.conf.all.forwarding" : "net.ipv4.ip_forward";
        String ofNic = "net.%s.conf.eth0.forwarding".formatted(family.isIpv6 ? "ipv6" : "ipv4");
        List<Fault> found = new ArrayList<>(List.of(
                of(
                                "forwarding is off",
                                family.way(WayIn.DUMMY_INGRESS),
                                "sysctl -qw %s=0".formatted(everywhere),
                                "sysctl -qw %s=1".formatted(everywhere),
                                PROBLEM,
                                "ip_forward",
                                everywhere + " is 0")
                        .dies("eth0", "forwarding"),
                of(
                                "eth0 does not forward",
                                family.way(WayIn.VIP_DIRECT),
                                "sysctl -qw %s=0".formatted(ofNic),
                                "sysctl -qw %s=1".formatted(ofNic),
                                PROBLEM,
                                "interface_forwarding",
                                ofNic + " is 0")
                        .dies("eth0", "forwarding")));
        if (!family.isIpv6) {
            found.add(of(
                            "eth0 is down",
                            WayIn.VIP_DIRECT,
                            "ip link set eth0 down",
                            "ip link set eth0 up",
                            PROBLEM,
                            "interface",
                            "eth0 is down")
                    .dies("eth0", "did not take it"));
            // IPv6 has no such setting.
            found.add(of(
                            "sources are filtered strictly",
                            WayIn.DUMMY_INGRESS,
                            "sysctl -qw net.ipv4.conf.eth0.rp_filter=1",
                            "sysctl -qw net.ipv4.conf.eth0.rp_filter=0",
                            WARNING,
                            "rp_filter",
                            "strict on eth0")
                    .arrives());
        }
        return List.copyOf(found);
    }
}
