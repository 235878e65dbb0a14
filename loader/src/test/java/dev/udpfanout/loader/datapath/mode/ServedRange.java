package dev.udpfanout.loader.datapath.mode;

import dev.udpfanout.loader.datapath.ListenerText;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.stream.Stream;

/** How a listener on dummy0 that publishes out of a range is served, and of which family it is. */
enum ServedRange {
    INGRESS(false, "mode: tc_ebpf", "hook: ingress"),
    EGRESS(false, "mode: tc_ebpf", "hook: egress"),
    IO_URING(false, "mode: userspace", "io: io_uring"),
    EPOLL(false, "mode: userspace", "io: epoll"),
    INGRESS6(true, "mode: tc_ebpf", "hook: ingress"),
    EGRESS6(true, "mode: tc_ebpf", "hook: egress"),
    IO_URING6(true, "mode: userspace", "io: io_uring"),
    EPOLL6(true, "mode: userspace", "io: epoll");

    final boolean ipv6;
    private final List<String> keys;

    ServedRange(boolean ipv6, String... keys) {
        this.ipv6 = ipv6;
        this.keys = List.of(keys);
    }

    boolean isInKernel() {
        return keys.contains("mode: tc_ebpf");
    }

    ListenerText text(String... more) {
        return publishing("\"" + range() + "\"", more);
    }

    /** With other addresses to publish than its range's. */
    ListenerText publishing(String addresses, String... more) {
        ListenerText text = ipv6 ? NodeModes.onDummy6() : NodeModes.onDummy();
        for (String key : Stream.concat(keys.stream(), Stream.of(more)).toList()) {
            text.with(key.split(": ")[0], key.split(": ")[1]);
        }
        return text.with("publish", "{ service: syslog, addresses: " + addresses + " }");
    }

    String range() {
        return ipv6 ? "fd00:10:255::/64" : "10.255.0.0/16";
    }

    InetSocketAddress vip() {
        return ipv6 ? NodeModes.VIP6 : NodeModes.VIP;
    }

    /** What this node has published. */
    InetSocketAddress own() {
        return new InetSocketAddress(ipv6 ? "fd00:10:255::4d03" : "10.255.77.3", 5514);
    }

    /** What another node has. */
    InetSocketAddress others() {
        return new InetSocketAddress(ipv6 ? "fd00:10:255:0:1234:5678:9abc:def0" : "10.255.200.9", 5514);
    }

    /** Whom the client reaches the node by as well: broadcasts, or the multicast of a link's nodes. */
    List<String> toEveryNode() {
        return ipv6 ? List.of("ff02::1%eth0") : List.of("192.168.1.255", "224.0.0.1");
    }

    InetSocketAddress clusterIp() {
        return new InetSocketAddress(ipv6 ? "2001:db8:43::14" : "10.43.0.14", 5514);
    }
}
