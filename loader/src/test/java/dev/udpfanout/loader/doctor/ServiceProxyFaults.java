package dev.udpfanout.loader.doctor;

import static dev.udpfanout.loader.doctor.Fault.of;
import static dev.udpfanout.loader.doctor.diagnosis.Diagnosis.Result.PROBLEM;

import dev.udpfanout.lab.kubeproxy.KubeProxy;
import java.util.List;

/** What may be wrong with kube-proxy's rules, in each of its backends. */
final class ServiceProxyFaults {
    private static final String NOT_TRANSLATED = "neither NAT nor a listener took it";

    private ServiceProxyFaults() {}

    static List<Fault> ofFamily(Family family) {
        String remove = "%1$s -w 5 -t nat -F; %1$s -w 5 -t nat -X".formatted(family.iptables);
        String vip = family.place(Family.text(family.vip), family.vip.getPort());
        return List.of(
                fault(
                        family,
                        "kube-proxy's rule is missing, and connection tracking remembers that",
                        lab -> {
                            lab.node(family.iptables + " -w 5 -t nat -F KUBE-SERVICES; conntrack -F 2>/dev/null");
                            lab.sendToVip();
                        },
                        "",
                        "no rule for UDP " + vip + " (it has others: iptables (nf_tables))"),
                fault(family, "kube-proxy has no rules at all", lab -> lab.node(remove), "", "no rules on this node"),
                fault(
                        family,
                        "kube-proxy's rule is missing in iptables-legacy",
                        lab -> {
                            lab.node(remove);
                            KubeProxy.ofLegacyTables(lab.lab().topology().node())
                                    .load(family.rules());
                            lab.node(family.iptables + "-legacy -w 5 -t nat -F KUBE-SERVICES");
                        },
                        "%1$s-legacy -w 5 -t nat -F; %1$s-legacy -w 5 -t nat -X;".formatted(family.iptables)
                                + "%1$s-legacy -w 5 -F; %1$s-legacy -w 5 -X".formatted(family.iptables),
                        "(it has others: iptables-legacy)"),
                fault(
                        family,
                        "kube-proxy in nftables mode has no element for the VIP",
                        lab -> {
                            lab.node(remove);
                            lab.node(nftablesWithout(family));
                        },
                        "nft delete table %s kube-proxy".formatted(family.nft),
                        "(it has others: nftables)"));
    }

    /** As kube-proxy has it, for another VIP. */
    private static String nftablesWithout(Family family) {
        String other = Family.text(family.vip) + "1";
        return "nft 'add table %1$s kube-proxy; add chain %1$s kube-proxy external-other; add map %1$s kube-proxy"
                        .formatted(family.nft)
                + " service-ips { type %s_addr . inet_proto . inet_service : verdict; };"
                        .formatted(family.isIpv6 ? "ipv6" : "ipv4")
                + " add element %s kube-proxy service-ips { %s . udp . 5514 : goto external-other }'"
                        .formatted(family.nft, family.isIpv6 ? other : "192.168.1.101");
    }

    private static Fault fault(Family family, String name, Fault.Step breaks, String alsoMends, String finding) {
        return of(
                        name,
                        family.way(WayIn.DUMMY_INGRESS),
                        breaks,
                        lab -> {
                            lab.node(alsoMends);
                            lab.leadVipToDummy();
                        },
                        PROBLEM,
                        "kube_proxy_rule",
                        finding)
                .dies("eth0", NOT_TRANSLATED);
    }
}
