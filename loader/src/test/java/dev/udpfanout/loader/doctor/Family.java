package dev.udpfanout.loader.doctor;

import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.kubeproxy.ExternalTrafficPolicy;
import dev.udpfanout.lab.kubeproxy.KubeProxyRules;
import dev.udpfanout.loader.config.AddressText;
import dev.udpfanout.loader.endtoend.ServiceLab;
import java.net.InetSocketAddress;
import java.util.List;

/** What commands and findings are called in each family of addresses, so that each fault is tried in both. */
enum Family {
    IPV4(
            false,
            "ip",
            "iptables",
            "ip",
            ServiceLab.VIP,
            new InetSocketAddress("10.255.0.1", 5514),
            TopologyPlan.NODE_ADDRESS,
            TopologyPlan.CLIENT_ADDRESS,
            "10.42.0.11",
            "10.42.0.0/16",
            1000),
    IPV6(
            true,
            "ip -6",
            "ip6tables",
            "ip6",
            ServiceLab.VIP6,
            ServiceLab.DUMMY6,
            TopologyPlan.NODE_ADDRESS6,
            TopologyPlan.CLIENT_ADDRESS6,
            "2001:db8:42::11",
            "2001:db8:42::/64",
            1280);

    /** IPv6's, as far as the names of ways in and of sysctls go. */
    final boolean isIpv6;

    /** ip(8) for the family. */
    final String ip;

    final String iptables;
    /** As nft(8) calls it. */
    final String nft;

    final InetSocketAddress vip;
    final InetSocketAddress listener;
    final String node;
    /** On the client's network. */
    final String elsewhere;
    /** The first one's address. */
    final String pod;

    final String pods;
    /** Smaller than that of the lab's links, and as small as the family takes. */
    final int smallMtuBytes;

    Family(
            boolean isIpv6,
            String ip,
            String iptables,
            String nft,
            InetSocketAddress vip,
            InetSocketAddress listener,
            String node,
            String elsewhere,
            String pod,
            String pods,
            int smallMtuBytes) {
        this.isIpv6 = isIpv6;
        this.ip = ip;
        this.iptables = iptables;
        this.nft = nft;
        this.vip = vip;
        this.listener = listener;
        this.node = node;
        this.elsewhere = elsewhere;
        this.pod = pod;
        this.pods = pods;
        this.smallMtuBytes = smallMtuBytes;
    }

    /** The family's sibling of a way in. */
    WayIn way(WayIn ofIpv4) {
        return isIpv6 ? WayIn.valueOf(ofIpv4.name() + "6") : ofIpv4;
    }

    /** An address as findings have it. */
    static String text(InetSocketAddress address) {
        return AddressText.of(address.getAddress());
    }

    /** An address and port as findings have it. */
    String place(String address, int port) {
        String host = text(new InetSocketAddress(address, port));
        return (isIpv6 ? "[" + host + "]" : host) + ":" + port;
    }

    /** kube-proxy's rules that lead the VIP to the listener on dummy0. */
    KubeProxyRules rules() {
        return KubeProxyRules.labService(vip, ExternalTrafficPolicy.LOCAL, List.of(listener));
    }
}
