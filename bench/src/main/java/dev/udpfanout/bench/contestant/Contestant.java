package dev.udpfanout.bench.contestant;

import java.util.Locale;

/**
 * A way for one client's datagrams to get to the pods; each is measured in a lab of its own. They take turns in this
 * order: those that are compared stand next to each other, so that as little as possible changes between their turns.
 */
public enum Contestant {
    DIRECT("routed straight to one pod: no balancer", Kind.KERNEL),
    KUBE_PROXY("kube-proxy alone: iptables DNAT, the whole flow to one pod", Kind.KERNEL),
    NIC_PEER("udp-fanout at the NIC's ingress, straight into the pod (local_delivery: peer)", Kind.KERNEL),
    NFTABLES("nftables: stateless rewrite for each packet, by numgen", Kind.KERNEL),
    NIC_INGRESS("udp-fanout at the NIC's ingress, for the node's address, with the default configuration", Kind.KERNEL),
    NIC_NEIGH("the same by way of the stack's next hop (local_delivery: neigh)", Kind.KERNEL),
    DUMMY_INGRESS("udp-fanout on dummy0, ingress: kube-proxy's DNAT and the double traversal", Kind.KERNEL),
    DUMMY_EGRESS("udp-fanout on dummy0, egress: kube-proxy's DNAT, one traversal", Kind.KERNEL),
    VIP_DIRECT("udp-fanout at the NIC's ingress, for the VIP", Kind.KERNEL),
    USERSPACE_IO_URING("udp-fanout in user space, io_uring", Kind.USER_SPACE),
    USERSPACE_IO_URING_SINGLE_SHOT("the same as on a kernel without multishot receive", Kind.USER_SPACE),
    USERSPACE_EPOLL("udp-fanout in user space, epoll", Kind.USER_SPACE),
    USERSPACE_NIO("udp-fanout in user space, NIO", Kind.USER_SPACE),
    C_FORWARDER("a plain C forwarder: recvmmsg and sendmmsg", Kind.USER_SPACE),
    NGINX("nginx stream", Kind.USER_SPACE);

    /** Where the forwarding happens. */
    public enum Kind {
        /** In the kernel, on the CPU that the datagram comes in on. */
        KERNEL,
        /** In a process, which needs a CPU of its own. */
        USER_SPACE
    }

    private final String description;
    private final Kind kind;

    Contestant(String description, Kind kind) {
        this.description = description;
        this.kind = kind;
    }

    /** As on the command line and in results: {@code nic_ingress}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What it is, for people. */
    public String description() {
        return description;
    }

    public Kind kind() {
        return kind;
    }

    @Override
    public String toString() {
        return label();
    }
}
