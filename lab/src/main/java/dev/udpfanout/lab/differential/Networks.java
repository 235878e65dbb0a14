package dev.udpfanout.lab.differential;

import java.util.List;

/** The networks of the contract. */
final class Networks {
    private Networks() {}

    /** All, in the order of the table. */
    static List<Network> all() {
        return List.of(
                Network.named("flat", "one segment, MTU 1500", Links::flat)
                        .sentFrom(Origin.CLIENT, Origin.NODE, Origin.POD, Origin.RECEIVER, Origin.REMOTE_POD),
                Network.named("flat-ipv6", "the same over IPv6", Links::flat)
                        .overIpv6()
                        .sentFrom(Origin.CLIENT, Origin.NODE),
                Network.named("vxlan", "VXLAN between the nodes, MTU 1450", Links::vxlan)
                        .withPathMtu(Links.VXLAN_MTU)
                        .sentFrom(Origin.CLIENT, Origin.NODE, Origin.POD),
                Network.named("vxlan-ipv6", "the same over IPv6", Links::vxlan)
                        .withPathMtu(Links.VXLAN_MTU)
                        .overIpv6(),
                Network.named("ipip", "IP in IP between the nodes, MTU 1480", Links::ipip)
                        .withPathMtu(Links.IPIP_MTU),
                Network.named("pod-mtu", "the pods' own links have MTU 1000", Links::smallPodLinks)
                        .withPathMtu(Links.POD_MTU)
                        .withReceiversOn(Network.Reach.NODE_1),
                Network.named("mtu-lock", "the route to node 2's pods has mtu lock 1400", Links::lockedMtu)
                        .withPathMtu(Links.LOCKED_MTU),
                Network.named("router", "receivers behind a router whose next link has MTU 1300", Links::router)
                        .withPathMtu(Links.ROUTER_MTU)
                        .withReceiversOn(Network.Reach.NODE_2),
                Network.named("router-ipv6", "the same over IPv6", Links::router)
                        .withPathMtu(Links.ROUTER_MTU)
                        .withReceiversOn(Network.Reach.NODE_2)
                        .overIpv6(),
                Network.named("drop-nft", "FORWARD policy DROP by iptables-nft", Links::flat)
                        .behind(Firewall.IPTABLES_NFT),
                Network.named("drop-legacy", "FORWARD policy DROP by iptables-legacy", Links::flat)
                        .behind(Firewall.IPTABLES_LEGACY),
                Network.named("drop-nftables", "forward policy drop in a table of nftables' own", Links::flat)
                        .behind(Firewall.NFTABLES),
                Network.named("tracked", "senders that conntrack knows from before", ground -> {
                            Links.flat(ground);
                            Settings.keepTrackedConnections(ground);
                        })
                        .withTrackedSenders(),
                Network.named("rp-filter-1", "rp_filter 1 on both nodes", ground -> {
                    Links.flat(ground);
                    Settings.reversePathFilter(ground, 1);
                }),
                Network.named("rp-filter-2", "rp_filter 2 on both nodes", ground -> {
                    Links.flat(ground);
                    Settings.reversePathFilter(ground, 2);
                }),
                Network.named("bridge-nf", "bridge-nf-call-iptables 1 on both nodes", ground -> {
                            Links.flat(ground);
                            Settings.bridgeNetfilter(ground, 1);
                        })
                        .sentFrom(Origin.CLIENT, Origin.POD, Origin.RECEIVER),
                Network.named("bridge-nf-ipv6", "the same over IPv6", ground -> {
                            Links.flat(ground);
                            Settings.bridgeNetfilter(ground, 1);
                        })
                        .reassemblingIpv6()
                        .sentFrom(Origin.CLIENT, Origin.POD, Origin.RECEIVER));
    }
}
