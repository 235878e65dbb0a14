package dev.udpfanout.loader.doctor;

import static dev.udpfanout.loader.doctor.Fault.of;
import static dev.udpfanout.loader.doctor.diagnosis.Diagnosis.Result.PROBLEM;

import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.loader.datapath.kernel.attach.NeighbourProgram;
import dev.udpfanout.loader.endtoend.ServiceLab;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/**
 * Faults of places where no check looks, so that test datagrams have to tell. {@code make doctor-test} alone has them.
 */
final class FurtherFaults {
    private FurtherFaults() {}

    static List<Fault> ofFamily(Family family) {
        return Stream.concat(ofBoth(family), family.isIpv6 ? Stream.of(ipv6Off()) : Stream.of())
                .toList();
    }

    private static Stream<Fault> ofBoth(Family family) {
        return Stream.of(
                rule(family, "prerouting", family.nft, "type filter hook prerouting priority -300"),
                rule(family, "ingress", "netdev", "type filter hook ingress device eth0 priority 0"),
                xdp(family, WayIn.DUMMY_INGRESS, "xdpgeneric").dies("eth0", "XDP program"),
                xdp(family, WayIn.NIC, "xdpgeneric").dies("eth0", "XDP program"),
                xdp(family, WayIn.DUMMY_INGRESS, "xdpdrv").arrives(),
                xdp(family, WayIn.NIC, "xdpdrv").arrives(),
                xdp(family, WayIn.NIC_USERSPACE, "xdpdrv").arrives(),
                xdp(family, WayIn.VIP_DIRECT, "xdpdrv").arrives(),
                rule(family, "output", "bridge", "type filter hook output priority 0", "veth", ServiceLab.POD_PORT),
                legacyRule(family),
                podsFirewall(family),
                nodesOutput(family),
                otherPort(family),
                bridgeDown(family));
    }

    private static Fault rule(Family family, String hook, String nft, String type) {
        return rule(family, hook, nft, type, "eth0", 5514);
    }

    private static Fault rule(Family family, String hook, String nft, String type, String where, int port) {
        return of(
                        "a rule at the hook " + hook + " drops, and counts nothing",
                        family.way(WayIn.DUMMY_INGRESS),
                        "nft 'add table %1$s own; add chain %1$s own %2$s { %3$s ; }; add rule %1$s own %2$s udp dport %4$d drop'"
                                .formatted(nft, hook, type, port),
                        "nft delete table %s own".formatted(nft),
                        PROBLEM,
                        "test_datagram",
                        "of chain %s own %s (it drops, and counts nothing, hook %2$s)".formatted(nft, hook))
                .diesByFirewall(where, nft + " own " + hook);
    }

    /** Before connection tracking, where no check looks. */
    private static Fault legacyRule(Family family) {
        String table = family.iptables + "-legacy -w 5 -t raw ";
        String chain = family.iptables + "-legacy raw PREROUTING";
        return of(
                        "a rule of iptables-legacy in the table raw drops",
                        family.way(WayIn.DUMMY_INGRESS),
                        table + "-A PREROUTING -p udp --dport 5514 -j DROP",
                        table + "-F PREROUTING",
                        PROBLEM,
                        "test_datagram",
                        "of chain " + chain + " (+")
                .diesByFirewall("eth0", chain);
    }

    /** Test datagrams come in behind the driver, and before the stack's place for programs. */
    private static Fault.Named xdp(Family family, WayIn way, String mode) {
        AtomicReference<NeighbourProgram> program = new AtomicReference<>();
        return of(
                "an XDP program on the NIC drops (" + mode + ")",
                family.way(way),
                lab -> program.set(
                        NeighbourProgram.attachXdp(lab.lab().topology().node(), "eth0", "xdp_dropper", mode)),
                lab -> {
                    lab.node("bpftool net detach " + mode + " dev eth0");
                    program.get().close();
                },
                PROBLEM,
                "xdp",
                (mode.equals("xdpdrv") ? "in the driver" : "in the stack") + " of eth0 drops datagrams to ");
    }

    /** A rule that only the pod's own network namespace has. */
    private static Fault podsFirewall(Family family) {
        String drops = "firewall in the pod's own network namespace";
        return of(
                        "the firewall in a pod drops",
                        family.way(WayIn.DUMMY_INGRESS),
                        lab -> lab.pod(1, family.iptables + " -w 5 -A INPUT -p udp -j DROP"),
                        lab -> lab.pod(1, family.iptables + " -w 5 -F INPUT"),
                        PROBLEM,
                        "test_datagram",
                        drops)
                .dies("pod's eth0", drops);
    }

    /** What a process of the node sends on dies before any interface has it. */
    private static Fault nodesOutput(Family family) {
        return of(
                        "OUTPUT drops what user space sends on",
                        family.way(WayIn.NIC_USERSPACE),
                        family.iptables + " -w 5 -A OUTPUT -p udp --dport " + ServiceLab.POD_PORT + " -j DROP",
                        family.iptables + " -w 5 -F OUTPUT",
                        PROBLEM,
                        "test_datagram",
                        "of chain %s filter OUTPUT (+".formatted(family.nft))
                .diesByFirewall("node", family.nft + " filter OUTPUT");
    }

    private static Fault otherPort(Family family) {
        String place = family.place(Family.text(family.listener), 5515);
        return of(
                        "another's rule leads the VIP to a port that no listener has",
                        family.way(WayIn.DUMMY_INGRESS),
                        "%s -w 5 -t nat -I PREROUTING -d %s -p udp -j DNAT --to-destination %s"
                                .formatted(family.iptables, Family.text(family.vip), place),
                        "%s -w 5 -t nat -D PREROUTING 1; conntrack -F 2>/dev/null".formatted(family.iptables),
                        PROBLEM,
                        "test_datagram",
                        "It left by dummy0 to " + place)
                .dies("dummy0", "no program of udp-fanout took it");
    }

    /** An interface that goes down loses its IPv6 addresses. */
    private static Fault bridgeDown(Family family) {
        String address = "; ip address replace %s/64 dev cni0 nodad".formatted(TopologyPlan.POD_GATEWAY6);
        return of(
                        "the pods' bridge is down",
                        family.way(WayIn.DUMMY_INGRESS),
                        "ip link set cni0 down",
                        "ip link set cni0 up" + (family.isIpv6 ? address : ""),
                        PROBLEM,
                        "endpoint_route",
                        family.isIpv6 ? "the kernel has no way to" : "cni0, in whose network ")
                .dies("dummy0", "");
    }

    /** The kernel deletes the interface's IPv6 addresses and routes then. */
    private static Fault ipv6Off() {
        return of(
                        "IPv6 is turned off on the pods' bridge",
                        Family.IPV6.way(WayIn.VIP_DIRECT),
                        "sysctl -qw net/ipv6/conf/cni0/disable_ipv6=1",
                        "sysctl -qw net/ipv6/conf/cni0/disable_ipv6=0; ip address replace %s/64 dev cni0 nodad"
                                .formatted(TopologyPlan.POD_GATEWAY6),
                        PROBLEM,
                        "endpoint_route",
                        "IPv6 is off on cni0")
                .dies("eth0", "");
    }
}
