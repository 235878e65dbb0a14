package dev.udpfanout.loader.doctor;

import dev.udpfanout.lab.TopologyPlan;
import java.net.InetSocketAddress;

/** How datagrams come to the listener, and what serves it. */
enum WayIn {
    DUMMY_INGRESS("bind: \"10.255.0.1:5514\"\n    interface: dummy0"),
    DUMMY_EGRESS("bind: \"10.255.0.1:5514\"\n    interface: dummy0\n    hook: egress"),
    DUMMY_TCX_KEEP("bind: \"10.255.0.1:5514\"\n    interface: dummy0\n    attach: tcx\n    order: keep"),
    DUMMY_CLSACT("bind: \"10.255.0.1:5514\"\n    interface: dummy0\n    attach: clsact\n    order: keep"),
    DUMMY_USERSPACE("bind: \"10.255.0.1:5514\"\n    interface: dummy0\n    mode: userspace"),
    NIC("bind: \"192.168.1.1:5514\"\n    interface: eth0"),
    NIC_USERSPACE("bind: \"192.168.1.1:5514\"\n    interface: eth0\n    mode: userspace"),
    VIP_DIRECT("bind: \"vip:5514\"\n    interface: eth0"),
    DUMMY_LEAVE("bind: \"10.255.0.1:5514\"\n    interface: dummy0\n    firewall: leave"),
    DUMMY_INGRESS6("bind: \"[2001:db8:255::1]:5514\"\n    interface: dummy0"),
    DUMMY_EGRESS6("bind: \"[2001:db8:255::1]:5514\"\n    interface: dummy0\n    hook: egress"),
    DUMMY_TCX_KEEP6("bind: \"[2001:db8:255::1]:5514\"\n    interface: dummy0\n    attach: tcx\n    order: keep"),
    DUMMY_CLSACT6("bind: \"[2001:db8:255::1]:5514\"\n    interface: dummy0\n    attach: clsact\n    order: keep"),
    DUMMY_USERSPACE6("bind: \"[2001:db8:255::1]:5514\"\n    interface: dummy0\n    mode: userspace"),
    NIC6("bind: \"[2001:db8:1::1]:5514\"\n    interface: eth0"),
    NIC_USERSPACE6("bind: \"[2001:db8:1::1]:5514\"\n    interface: eth0\n    mode: userspace"),
    VIP_DIRECT6("bind: \"[vip]:5514\"\n    interface: eth0"),
    DUMMY_LEAVE6("bind: \"[2001:db8:255::1]:5514\"\n    interface: dummy0\n    firewall: leave");

    final String place;

    WayIn(String place) {
        this.place = place;
    }

    boolean isOnDummy() {
        return name().startsWith("DUMMY");
    }

    boolean isIpv6() {
        return name().endsWith("6");
    }

    /** Where the client sends to. */
    InetSocketAddress destination(int port) {
        boolean isOfNode = name().startsWith("NIC");
        String ipv4 = isOfNode ? TopologyPlan.NODE_ADDRESS : TopologyPlan.VIP;
        String ipv6 = isOfNode ? TopologyPlan.NODE_ADDRESS6 : TopologyPlan.VIP6;
        return new InetSocketAddress(isIpv6() ? ipv6 : ipv4, port);
    }
}
