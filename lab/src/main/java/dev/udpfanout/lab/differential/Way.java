package dev.udpfanout.lab.differential;

/** How datagrams get to the daemon's listeners. */
enum Way {
    /** kube-proxy's DNAT to dummy0, and rewriting when they come back in. */
    DUMMY_INGRESS("dummy0-ingress", "interface: dummy0, mode: tc_ebpf, hook: ingress"),
    /** The same, and rewriting on the way out. */
    DUMMY_EGRESS("dummy0-egress", "interface: dummy0, mode: tc_ebpf, hook: egress"),
    /** The node's own address, on its interfaces. */
    NIC("nic", "mode: tc_ebpf"),
    /** The VIP itself, on the node's interfaces, past kube-proxy. */
    VIP_DIRECT("vip-direct", "mode: tc_ebpf"),
    /** An annotated Service, which the daemon finds by itself. */
    SERVICE("service", ""),
    /** kube-proxy's DNAT to dummy0's address, and sockets. */
    USER_SPACE("user-space", "interface: dummy0, mode: userspace");

    private final String label;
    private final String keys;

    Way(String label, String keys) {
        this.label = label;
        this.keys = keys;
    }

    /** One word, for tables and for the command line. */
    String label() {
        return label;
    }

    /** Whether kube-proxy leads the VIP's datagrams to dummy0's address. */
    boolean isByDummy() {
        return this == DUMMY_INGRESS || this == DUMMY_EGRESS || this == USER_SPACE;
    }

    /**
     * The listener's keys, to stand between braces.
     *
     * @param interfaces where a listener on NICs takes datagrams
     */
    String yaml(String interfaces) {
        return isByDummy() ? keys : keys + ", interfaces: [" + interfaces + "]";
    }
}
