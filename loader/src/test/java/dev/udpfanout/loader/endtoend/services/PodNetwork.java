package dev.udpfanout.loader.endtoend.services;

import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;

/** What CNI plugins make of a node. */
enum PodNetwork {
    /** A bridge, past which kube-proxy's rules see nothing of what its ports send each other and the node. */
    BRIDGE(0),
    /** A bridge whose netfilter calls kube-proxy's rules before the bridge's own hook sees a packet: kubeadm's way. */
    BRIDGE_WITH_NETFILTER(1),
    /** A veth for each pod, with a route for its address: Calico's way. */
    ROUTED_VETHS(1);

    private final int bridgeNetfilter;

    PodNetwork(int bridgeNetfilter) {
        this.bridgeNetfilter = bridgeNetfilter;
    }

    /** Turns the lab's bridge into it. */
    void build(Topology topology) {
        LabNamespace node = topology.node();
        node.exec("sysctl", "-qw", "net.bridge.bridge-nf-call-iptables=" + bridgeNetfilter);
        node.exec("sysctl", "-qw", "net.bridge.bridge-nf-call-ip6tables=" + bridgeNetfilter);
        if (this == ROUTED_VETHS) {
            // A node answers for an address to which a route leads elsewhere.
            node.exec("ip", "route", "add", "default", "via", TopologyPlan.CLIENT_ADDRESS);
            for (int pod = 1; pod <= topology.plan().pods(); pod++) {
                route(topology, pod);
            }
        }
    }

    private static void route(Topology topology, int number) {
        String veth = "veth" + number;
        LabNamespace node = topology.node();
        LabNamespace pod = topology.pod(number);
        node.exec("ip", "link", "set", veth, "nomaster");
        node.exec("sysctl", "-qw", "net.ipv4.conf." + veth + ".proxy_arp=1");
        node.exec("ip", "route", "add", topology.plan().podAddress(number) + "/32", "dev", veth);
        pod.exec("ip", "route", "replace", "169.254.1.1", "dev", "eth0", "scope", "link");
        pod.exec("ip", "route", "replace", "default", "via", "169.254.1.1", "dev", "eth0");
        if (topology.plan().ipv6()) {
            node.exec("ip", "address", "add", "fe80::1/64", "dev", veth, "nodad");
            node.exec("ip", "route", "add", topology.plan().podAddress6(number) + "/128", "dev", veth);
            pod.exec("ip", "-6", "route", "replace", "default", "via", "fe80::1", "dev", "eth0");
        }
    }

    /** The interface on which the program is to see what a pod sends. */
    String interfaceOf(int pod) {
        return this == BRIDGE ? "cni0" : "veth" + pod;
    }

    /** What {@code status} says of where so many pods' datagrams come in, without a daemon. */
    String podInterfaces(int pods) {
        return (this == BRIDGE ? "1 interface" : pods + " interfaces") + " of services:pods";
    }
}
