package dev.udpfanout.loader.doctor;

import static dev.udpfanout.loader.doctor.Fault.of;
import static dev.udpfanout.loader.doctor.diagnosis.Diagnosis.Result.PROBLEM;
import static dev.udpfanout.loader.doctor.diagnosis.Diagnosis.Result.WARNING;

import dev.udpfanout.loader.doctor.DoctorLab.WayIn;
import java.util.List;

/** What may be wrong between the node and a receiver. */
final class ReceiverFaults {
    private ReceiverFaults() {}

    static List<Fault> all() {
        WayIn way = WayIn.DUMMY_INGRESS;
        String pod = "10.42.0.11";
        return List.of(
                of(
                        "a blackhole route to a receiver",
                        way,
                        "ip route add blackhole " + pod,
                        "ip route del blackhole " + pod,
                        PROBLEM,
                        "endpoint_route",
                        "a blackhole route, or rule, has it"),
                of(
                        "an unreachable route to a receiver",
                        way,
                        "ip route add unreachable " + pod,
                        "ip route del unreachable " + pod,
                        PROBLEM,
                        "endpoint_route",
                        "the kernel has no way to 10.42.0.11:40514"),
                of(
                        "a smaller MTU on the way to one receiver",
                        way,
                        "ip route add " + pod + " dev cni0 mtu 1000",
                        "ip route del " + pod + " dev cni0",
                        WARNING,
                        "endpoint_mtu",
                        "takes packets of up to 1000 bytes, that of senders up to 1500"),
                of(
                        "a neighbour entry that is wrong",
                        way,
                        "ip neighbour replace " + pod + " lladdr 02:00:00:00:00:99 nud permanent dev cni0",
                        "ip neighbour del " + pod + " dev cni0",
                        PROBLEM,
                        "endpoint_neighbour",
                        "is fixed at 02:00:00:00:00:99"),
                new Fault(
                        "a receiver's host is gone",
                        way,
                        lab -> {
                            lab.node("ip neighbour flush dev cni0");
                            lab.pod(1, "ip link set eth0 arp off; ip link set eth0 address 02:75:66:00:2a:77");
                            lab.node("ip neighbour flush dev cni0");
                        },
                        lab -> {
                            lab.pod(1, "ip link set eth0 address 02:75:66:00:2a:0b; ip link set eth0 arp on");
                            lab.node("ip neighbour flush dev cni0");
                        },
                        PROBLEM,
                        "endpoint_neighbour",
                        "nobody answers for 10.42.0.11 on cni0"),
                new Fault(
                        "a receiver's socket is closed",
                        WayIn.NIC,
                        lab -> lab.pod(
                                1, "iptables -w 5 -I INPUT -p udp -j REJECT --reject-with icmp-port-unreachable"),
                        lab -> lab.pod(1, "iptables -w 5 -F INPUT"),
                        PROBLEM,
                        "endpoint_socket",
                        "nobody listens on 10.42.0.11:40514"));
    }
}
