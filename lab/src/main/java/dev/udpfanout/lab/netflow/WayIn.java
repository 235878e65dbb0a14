package dev.udpfanout.lab.netflow;

import dev.udpfanout.lab.TopologyPlan;
import java.util.List;

/** How datagrams get to the listener. */
enum WayIn {
    /** kube-proxy's DNAT from the VIP to dummy0. */
    DUMMY("dummy0", "10.255.0.1", "fd00:255::1", "interface: dummy0"),
    /** The node's own address. */
    NIC("nic", TopologyPlan.NODE_ADDRESS, TopologyPlan.NODE_ADDRESS6, "interfaces: [eth0]"),
    /** The VIP itself, past kube-proxy: no socket can have it. */
    VIP_DIRECT("vip-direct", TopologyPlan.VIP, TopologyPlan.VIP6, "interfaces: [eth0]");

    private final String label;
    private final String address;
    private final String address6;
    private final String keys;

    WayIn(String label, String address, String address6, String keys) {
        this.label = label;
        this.address = address;
        this.address6 = address6;
        this.keys = keys;
    }

    /** For tables and the command line. */
    String label() {
        return label;
    }

    /** The ways in that a mode has. */
    static List<WayIn> of(Mode mode) {
        return mode == Mode.KERNEL ? List.of(values()) : List.of(DUMMY, NIC);
    }

    /** What the listener is bound to. */
    String address(boolean ipv6) {
        return ipv6 ? address6 : address;
    }

    /** Where exporters send. */
    String destination(boolean ipv6) {
        if (this == DUMMY) {
            return ipv6 ? TopologyPlan.VIP6 : TopologyPlan.VIP;
        }
        return address(ipv6);
    }

    /** The listener's keys, to stand between braces. */
    String yaml() {
        return keys;
    }
}
