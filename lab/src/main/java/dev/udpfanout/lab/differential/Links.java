package dev.udpfanout.lab.differential;

import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.process.CommandFailedException;

/** How the nodes' pods reach each other, and with which MTU. */
final class Links {
    static final int VXLAN_MTU = 1_450;
    static final int IPIP_MTU = 1_480;
    static final int POD_MTU = 1_000;
    static final int LOCKED_MTU = 1_400;
    static final int ROUTER_MTU = 1_300;

    private static final String[] VXLAN_MACS = {"02:75:66:00:4a:01", "02:75:66:00:4a:02"};

    private Links() {}

    /** Routes by the other node's address on the segment. */
    static void flat(Ground ground) {
        Settings.bridgeNetfilter(ground, 0);
        for (int node = 1; node <= Ground.NODES; node++) {
            int other = 3 - node;
            ip(ground, node, "route add 10.42.%d.0/24 via %s", other, ground.nodeAddress(other, false));
            ip(ground, node, "-6 route add 2001:db8:42:%d::/64 via %s", other, ground.nodeAddress(other, true));
        }
    }

    /** A tunnel as flannel makes it: one device a node, with entries for the other one. */
    static void vxlan(Ground ground) {
        Settings.bridgeNetfilter(ground, 0);
        for (int node = 1; node <= Ground.NODES; node++) {
            int other = 3 - node;
            String mac = VXLAN_MACS[other - 1];
            tunnel(
                    ground,
                    node,
                    "vxlan",
                    "link add flannel.1 address %s mtu %d type vxlan id 1 local %s dstport 8472 nolearning"
                            .formatted(VXLAN_MACS[node - 1], VXLAN_MTU, ground.nodeAddress(node, false)));
            ip(ground, node, "address add 10.42.%d.0/32 dev flannel.1", node);
            ip(ground, node, "address add fd00:4a::%d/128 dev flannel.1 nodad", node);
            ip(ground, node, "link set flannel.1 up");
            ip(ground, node, "neighbour replace 10.42.%d.0 lladdr %s dev flannel.1", other, mac);
            ip(ground, node, "-6 neighbour replace fd00:4a::%d lladdr %s dev flannel.1", other, mac);
            ground.node(node)
                    .exec("bridge", "fdb", "append", mac, "dev", "flannel.1", "dst", ground.nodeAddress(other, false));
            ip(ground, node, "route add 10.42.%1$d.0/24 via 10.42.%1$d.0 dev flannel.1 onlink", other);
            ip(ground, node, "-6 route add 2001:db8:42:%1$d::/64 via fd00:4a::%1$d dev flannel.1 onlink", other);
        }
    }

    /** A tunnel without link-layer addresses, as Calico makes it. */
    static void ipip(Ground ground) {
        Settings.bridgeNetfilter(ground, 0);
        for (int node = 1; node <= Ground.NODES; node++) {
            int other = 3 - node;
            tunnel(
                    ground,
                    node,
                    "ipip",
                    "link add ipip1 type ipip local %s remote %s"
                            .formatted(ground.nodeAddress(node, false), ground.nodeAddress(other, false)));
            ip(ground, node, "address add 10.42.%d.0/32 dev ipip1", node);
            ip(ground, node, "link set ipip1 mtu %d up", IPIP_MTU);
            ip(ground, node, "route add 10.42.%d.0/24 dev ipip1", other);
        }
    }

    /** Both ends of each pod's own link are small; the bridge's MTU follows. */
    static void smallPodLinks(Ground ground) {
        flat(ground);
        for (int node = 1; node <= Ground.NODES; node++) {
            int pod = 1;
            for (LabNamespace namespace : ground.pods(node)) {
                namespace.exec("ip", "link", "set", "eth0", "mtu", Integer.toString(POD_MTU));
                ip(ground, node, "link set veth%d mtu %d", pod++, POD_MTU);
            }
        }
    }

    /** An administrator's word on the way to node 2, which forwarding heeds: ip-route(8). */
    static void lockedMtu(Ground ground) {
        flat(ground);
        ip(ground, 1, "route replace 10.42.2.0/24 via %s mtu lock %d", ground.nodeAddress(2, false), LOCKED_MTU);
    }

    /** Node 2 becomes a router that is reached by node 1 alone, and its links to the receivers are small. */
    static void router(Ground ground) {
        Settings.bridgeNetfilter(ground, 0);
        ip(
                ground,
                1,
                "link add eth1 type veth peer name eth1 netns %s",
                ground.node(2).name());
        for (int node = 1; node <= Ground.NODES; node++) {
            ip(ground, node, "address add 192.168.2.%d/24 dev eth1", node);
            ip(ground, node, "-6 address add fd00:75::%d/64 dev eth1 nodad", node);
            ip(ground, node, "link set eth1 up");
        }
        ip(ground, 1, "route add 10.42.2.0/24 via 192.168.2.2");
        ip(ground, 1, "-6 route add 2001:db8:42:2::/64 via fd00:75::2");
        ip(ground, 2, "link set eth0 down");
        ip(ground, 2, "route add default via 192.168.2.1");
        ip(ground, 2, "-6 route add default via fd00:75::1");
        ip(ground, 2, "link set cni0 mtu %d", ROUTER_MTU);
    }

    private static void ip(Ground ground, int node, String arguments, Object... values) {
        ground.node(node).exec(("ip " + arguments.formatted(values)).split(" "));
    }

    private static void tunnel(Ground ground, int node, String type, String arguments) {
        try {
            ip(ground, node, arguments);
        } catch (CommandFailedException e) {
            throw new Network.NotOnThisKernelException("no tunnels of type " + type, e);
        }
    }
}
