package dev.udpfanout.loader.doctor;

import static dev.udpfanout.loader.doctor.Fault.of;
import static dev.udpfanout.loader.doctor.diagnosis.Diagnosis.Result.PROBLEM;
import static dev.udpfanout.loader.doctor.diagnosis.Diagnosis.Result.WARNING;

import dev.udpfanout.lab.kubeproxy.ExternalTrafficPolicy;
import dev.udpfanout.lab.kubeproxy.KubeProxy;
import dev.udpfanout.lab.kubeproxy.KubeProxyRules;
import dev.udpfanout.loader.datapath.kernel.attach.NeighbourProgram;
import dev.udpfanout.loader.doctor.DoctorLab.WayIn;
import dev.udpfanout.loader.endtoend.ServiceLab;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/** What may be wrong, one at a time: those of one way in stand together, since they share a lab. */
final class Faults {
    private static final InetSocketAddress LISTENER = new InetSocketAddress("10.255.0.1", 5514);
    /** As administrators of VRFs do: ip-vrf(8). The steering route is in the table local, too. */
    private static final String LOCAL_TABLE_LATER = "ip rule add lookup local pref 100; ip rule del pref 0; ";

    private static final String LOCAL_TABLE_FIRST = "ip rule add lookup local pref 0; ip rule del pref 100";

    private static final String OTHER_TABLE = "ip route add default via 192.168.1.10 dev eth0 table 100; ip rule add ";

    private Faults() {}

    static List<Fault> all() {
        return Stream.of(
                        kubeProxy(),
                        routes(),
                        ReceiverFaults.all(),
                        KubernetesFaults.all(),
                        programs(),
                        userSpace(),
                        vipDirect(),
                        nic())
                .flatMap(List::stream)
                .toList();
    }

    private static List<Fault> kubeProxy() {
        WayIn way = WayIn.DUMMY_INGRESS;
        return List.of(
                new Fault(
                        "kube-proxy's rule is missing, and connection tracking remembers that",
                        way,
                        lab -> {
                            lab.node("iptables -w 5 -t nat -F KUBE-SERVICES; conntrack -F 2>/dev/null");
                            lab.sendToVip();
                        },
                        Faults::restore,
                        PROBLEM,
                        "kube_proxy_rule",
                        "no rule for UDP 192.168.1.100:5514 (it has others: iptables (nf_tables))"),
                new Fault(
                        "kube-proxy has no rules at all",
                        way,
                        lab -> lab.node("iptables -w 5 -t nat -F; iptables -w 5 -t nat -X"),
                        Faults::restore,
                        PROBLEM,
                        "kube_proxy_rule",
                        "no rules on this node"),
                new Fault(
                        "kube-proxy's rule is missing in iptables-legacy",
                        way,
                        lab -> {
                            lab.node("iptables -w 5 -t nat -F; iptables -w 5 -t nat -X");
                            KubeProxy.ofLegacyTables(lab.lab().topology().node())
                                    .load(rules());
                            lab.node("iptables-legacy -w 5 -t nat -F KUBE-SERVICES");
                        },
                        lab -> {
                            lab.node("iptables-legacy -w 5 -t nat -F; iptables-legacy -w 5 -t nat -X");
                            restore(lab);
                        },
                        PROBLEM,
                        "kube_proxy_rule",
                        "(it has others: iptables-legacy)"),
                new Fault(
                        "kube-proxy in nftables mode has no element for the VIP",
                        way,
                        lab -> {
                            lab.node("iptables -w 5 -t nat -F; iptables -w 5 -t nat -X");
                            lab.node("nft 'add table ip kube-proxy; add chain ip kube-proxy external-other;"
                                    + " add map ip kube-proxy service-ips"
                                    + " { type ipv4_addr . inet_proto . inet_service : verdict; };"
                                    + " add element ip kube-proxy service-ips"
                                    + " { 192.168.1.101 . udp . 5514 : goto external-other }'");
                        },
                        lab -> {
                            lab.node("nft delete table ip kube-proxy");
                            restore(lab);
                        },
                        PROBLEM,
                        "kube_proxy_rule",
                        "(it has others: nftables)"));
    }

    private static KubeProxyRules rules() {
        return KubeProxyRules.labService(ServiceLab.VIP, ExternalTrafficPolicy.LOCAL, List.of(LISTENER));
    }

    private static void restore(DoctorLab lab) {
        lab.lab().leadVipToDummy();
    }

    private static List<Fault> routes() {
        WayIn way = WayIn.DUMMY_INGRESS;
        String noForwarding = "echo 0 >/proc/sys/net/ipv4/ip_forward";
        String forwarding = "echo 1 >/proc/sys/net/ipv4/ip_forward";
        String strict = "echo 1 >/proc/sys/net/ipv4/conf/eth0/rp_filter";
        String loose = "echo 0 >/proc/sys/net/ipv4/conf/eth0/rp_filter";
        return List.of(
                of(
                        "forwarding is off",
                        way,
                        noForwarding,
                        forwarding,
                        PROBLEM,
                        "ip_forward",
                        "net.ipv4.ip_forward is 0"),
                of("sources are filtered strictly", way, strict, loose, WARNING, "rp_filter", "strict on eth0"),
                of(
                        "a rule shadows the listener",
                        way,
                        LOCAL_TABLE_LATER + OTHER_TABLE + "to 10.255.0.1 lookup 100 pref 50",
                        "ip rule del pref 50; ip route flush table 100; " + LOCAL_TABLE_FIRST,
                        PROBLEM,
                        "listener_route",
                        "goes out of eth0 by routing table 100"),
                of(
                        "a rule shadows the pods",
                        way,
                        OTHER_TABLE + "to 10.42.0.0/16 lookup 100 pref 50",
                        "ip rule del pref 50; ip route flush table 100",
                        PROBLEM,
                        "endpoint_route",
                        "go out of eth0 by routing table 100; table main has a route by cni0"),
                of(
                        "the listener's address is prohibited",
                        way,
                        LOCAL_TABLE_LATER + "ip rule add to 10.255.0.1 prohibit pref 50",
                        "ip rule del pref 50; " + LOCAL_TABLE_FIRST,
                        PROBLEM,
                        "listener_route",
                        "a prohibit route, or rule, has it"));
    }

    private static List<Fault> programs() {
        return List.of(
                dropper(
                        WayIn.DUMMY_INGRESS,
                        "eth0",
                        "uplink_program",
                        "eth0 ingress takes datagrams to 192.168.1.100 port 5514"),
                dropper(WayIn.DUMMY_CLSACT, "dummy0", "program", "runs before ours at dummy0 ingress"),
                dropper(
                        WayIn.NIC_USERSPACE,
                        "eth0",
                        "uplink_program",
                        "eth0 ingress takes datagrams to 192.168.1.100 port 5514 away"),
                neighbour(WayIn.DUMMY_TCX_KEEP, "dummy0"));
    }

    /** Somebody's filter of clsact, before what is there at the kernel's own choice of priority. */
    private static Fault dropper(WayIn way, String interfaceName, String check, String finding) {
        AtomicReference<NeighbourProgram> program = new AtomicReference<>();
        return new Fault(
                "a foreign filter on " + interfaceName + " drops",
                way,
                lab -> program.set(
                        NeighbourProgram.attachDropper(lab.lab().topology().node(), interfaceName, 1)),
                lab -> {
                    lab.node("tc filter del dev " + interfaceName + " ingress pref 1");
                    program.get().close();
                },
                PROBLEM,
                check,
                finding);
    }

    private static Fault neighbour(WayIn way, String interfaceName) {
        AtomicReference<NeighbourProgram> program = new AtomicReference<>();
        return new Fault(
                "a TCX program before ours ends the way",
                way,
                lab -> program.set(
                        NeighbourProgram.attachFirst(lab.lab().topology().node(), interfaceName)),
                lab -> program.get().close(),
                PROBLEM,
                "program",
                "neighbour (id ");
    }

    private static List<Fault> userSpace() {
        return List.of(
                of(
                        "INPUT drops what sockets are to get",
                        WayIn.NIC_USERSPACE,
                        "iptables -w 5 -P INPUT DROP; iptables -w 5 -I INPUT -i lo -j ACCEPT;"
                                + " iptables -w 5 -I INPUT ! -p udp -j ACCEPT",
                        "iptables -w 5 -F INPUT; iptables -w 5 -P INPUT ACCEPT",
                        PROBLEM,
                        "forward_policy",
                        "ip filter INPUT drops"),
                of(
                        "INPUT of iptables-legacy drops what sockets are to get",
                        WayIn.NIC_USERSPACE,
                        "iptables-legacy -w 5 -A INPUT -p udp --dport 5514 -j DROP",
                        "iptables-legacy -w 5 -F INPUT",
                        PROBLEM,
                        "forward_policy",
                        "iptables-legacy INPUT drops"),
                of(
                        "a rule has the address forwarded",
                        WayIn.NIC_USERSPACE,
                        "ip rule add to 192.168.1.1 iif eth0 blackhole pref 1; ip rule add lookup local pref 2;"
                                + " ip rule del pref 0",
                        "ip rule add lookup local pref 0; ip rule del pref 2; ip rule del pref 1",
                        PROBLEM,
                        "listener_route",
                        "a blackhole route, or rule, has it"));
    }

    private static List<Fault> vipDirect() {
        return List.of(new Fault(
                "the Service's port is not the bind's",
                WayIn.VIP_DIRECT,
                lab -> lab.put(lab.service()
                        .editSpec()
                        .editMatchingPort(port -> "UDP".equals(port.getProtocol()))
                        .withPort(514)
                        .endPort()
                        .endSpec()
                        .build()),
                lab -> lab.put(lab.service().build()),
                PROBLEM,
                "service_port",
                "has UDP port 514, and the listener takes the VIP's port 5514"));
    }

    private static List<Fault> nic() {
        String off = "echo 0 >/proc/sys/net/ipv4/conf/eth0/forwarding";
        String on = "echo 1 >/proc/sys/net/ipv4/conf/eth0/forwarding";
        return List.of(
                of("eth0 does not forward", WayIn.VIP_DIRECT, off, on, PROBLEM, "interface_forwarding", "eth0"),
                of(
                        "a rule shadows the pods for what comes in by eth0",
                        WayIn.VIP_DIRECT,
                        OTHER_TABLE + "iif eth0 to 10.42.0.0/16 lookup 100 pref 50",
                        "ip rule del pref 50; ip route flush table 100",
                        PROBLEM,
                        "endpoint_route",
                        "by routing table 100"));
    }
}
