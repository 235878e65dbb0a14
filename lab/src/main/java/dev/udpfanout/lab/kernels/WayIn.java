package dev.udpfanout.lab.kernels;

import java.util.Locale;

/** How datagrams get to the daemon's listener, and what it does with them. */
enum WayIn {
    /** kube-proxy's DNAT to dummy0, and rewriting when they come back in. */
    DUMMY_INGRESS("dummy0", "hook: ingress, mode: tc_ebpf"),
    /** The same, and rewriting on the way out. */
    DUMMY_EGRESS("dummy0", "hook: egress, mode: tc_ebpf"),
    /** The node's own address, on the NIC. */
    NIC("eth0", "mode: tc_ebpf"),
    /** As DUMMY_INGRESS, and straight into the pods. */
    DUMMY_PEER("dummy0", "hook: ingress, mode: tc_ebpf, local_delivery: peer"),
    /** As NIC, and straight into the pods. */
    NIC_PEER("eth0", "mode: tc_ebpf, local_delivery: peer"),
    /** The node's address on a VLAN device. */
    VLAN(Cluster.VLAN_INTERFACE, "mode: tc_ebpf"),
    /** As DUMMY_INGRESS, and endpoints answer. */
    DUMMY_REPLIES("dummy0", "hook: ingress, mode: tc_ebpf, replies: true"),
    /** As NIC, and endpoints answer. */
    NIC_REPLIES("eth0", "mode: tc_ebpf, replies: true"),
    /** As NIC_REPLIES, to endpoints that the node reaches by a VLAN device. */
    NIC_TO_VLAN("eth0", "mode: tc_ebpf, replies: true"),
    /** As NIC, and a second set of receivers has a copy of each. */
    NIC_MIRROR("eth0", "mode: tc_ebpf"),
    /** kube-proxy's DNAT to dummy0, and sockets with the best transport that there is. */
    USERSPACE("dummy0", "mode: userspace"),
    /** The same, and endpoints answer. */
    USERSPACE_REPLIES("dummy0", "mode: userspace, replies: true"),
    /** As USERSPACE, with a transport that is asked for by name. */
    IO_URING("dummy0", "mode: userspace, io: io_uring"),
    EPOLL("dummy0", "mode: userspace, io: epoll"),
    NIO("dummy0", "mode: userspace, io: nio, source: node"),
    /** kube-proxy's DNAT to dummy0, and whatever the daemon chooses. */
    AUTO("dummy0", "mode: auto");

    private final String interfaceName;
    private final String keys;

    WayIn(String interfaceName, String keys) {
        this.interfaceName = interfaceName;
        this.keys = keys;
    }

    boolean isOnDummy() {
        return interfaceName.equals("dummy0");
    }

    boolean isOnVlan() {
        return interfaceName.equals(Cluster.VLAN_INTERFACE);
    }

    /** Whether the node reaches endpoints by a VLAN device. */
    boolean leadsToVlan() {
        return this == NIC_TO_VLAN;
    }

    /** Whether datagrams go past the node's ends of the pods' veths. */
    boolean isStraightIntoPods() {
        return keys.contains("local_delivery: peer");
    }

    /** Its name as configuration and probe have it, if it is a transport. */
    String transport() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether endpoints answer. */
    boolean hasReplies() {
        return keys.contains("replies: true");
    }

    /** The listener's keys, to stand between braces. */
    String yaml() {
        return "interface: " + interfaceName + ", " + keys;
    }
}
