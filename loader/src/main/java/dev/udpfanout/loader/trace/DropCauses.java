package dev.udpfanout.loader.trace;

import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.libbpf.KernelTypes;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Why the kernel drops a packet, in words. Since 5.17 it gives a reason ({@code enum skb_drop_reason}, whose names are
 * in its BTF, as the numbers differ between kernels); before that, and where it gives none, the function says enough.
 */
final class DropCauses {
    private static final String PREFIX = "SKB_DROP_REASON_";
    private static final String NONE = "NOT_SPECIFIED";

    private static final String FIREWALL_REMEDY = "The lines \"firewall:\" name rules that may be it. nft list ruleset,"
            + " iptables -vnL, iptables-legacy -vnL and ebtables -L --Lc show all of them, with their counters.";
    private static final Cause FIREWALL_OF_POD = new Cause(
            "A rule or policy of the firewall in the pod's own network namespace drops it.",
            "Look there, not on the node: nsenter --target PID --net nft list ruleset, with the process id of the pod's"
                    + " container (crictl inspect); a service mesh or NetworkPolicy may have written it.");
    private static final Cause FIREWALL = new Cause("A rule or policy of the firewall drops it.", FIREWALL_REMEDY);
    private static final Cause RP_FILTER = new Cause(
            "The reverse path filter refuses the sender: no route leads back to it by this interface.",
            "Choose another sender with --from, or relax net.ipv4.conf.INTERFACE.rp_filter (2: loose).");
    private static final Cause NO_SOCKET = new Cause(
            "No socket listens on that address and port.",
            "Start the receiver, or correct the port in Service or file.");
    static final Cause NO_NEIGHBOUR = new Cause(
            "The next hop does not answer ARP or neighbour discovery.",
            "ip neigh show says which one; the receiver may be gone, or its address be wrong.");
    private static final Cause NO_ROUTE = new Cause(
            "The route to the destination is missing, or says blackhole, unreachable or prohibit.",
            "ip route get ADDRESS shows the route that the kernel takes.");
    private static final Cause TC = new Cause(
            "A TC program or filter on this interface drops it, and it is none of udp-fanout's.",
            "bpftool net show and tc filter show dev INTERFACE ingress|egress list them.");
    private static final Cause TOO_BIG = new Cause(
            "It is larger than the MTU of the way, and is not to be cut.", "Send less at once, or raise the MTU.");
    private static final Cause XDP =
            new Cause("An XDP program drops it.", "bpftool net show lists XDP programs by interface.");
    private static final Cause QUEUE = new Cause(
            "A queueing discipline of this interface drops it: it is full, or limits the rate.",
            "tc -statistics qdisc show dev INTERFACE shows its limit and what it has dropped.");
    private static final Cause BUSY = new Cause(
            "The CPU's backlog of received packets is full.",
            "The second column of /proc/net/softnet_stat counts them: spread receiving over more CPUs, or raise"
                    + " net.core.netdev_max_backlog.");
    private static final Cause BRIDGE_PORT = new Cause(
            "The bridge's port does not forward: by its spanning tree state, or its VLANs.",
            "bridge -details link show and bridge vlan show list them.");
    private static final Cause NO_IPV6 =
            new Cause("IPv6 is off on this interface.", "sysctl -w net.ipv6.conf.INTERFACE.disable_ipv6=0");
    private static final Cause NO_MEMORY = new Cause(
            "The kernel has no memory for it.",
            "net.ipv4.udp_mem is the limit of all UDP sockets together; look at /proc/net/sockstat and free -m.");
    private static final Cause SOURCE = new Cause(
            "Its source address is one that no sender may have: this node's own, or none at all.",
            "Choose another sender with --from.");
    private static final Cause OTHER_HOST = new Cause(
            "The frame has another host's hardware address.",
            "ip neigh show: an entry may be wrong or stale; ip neigh flush removes it.");

    /** By the reason's name. */
    private static final Map<String, Cause> BY_REASON = Map.ofEntries(
            Map.entry("NETFILTER_DROP", FIREWALL),
            Map.entry("IP_RPFILTER", RP_FILTER),
            Map.entry("NO_SOCKET", NO_SOCKET),
            Map.entry(
                    "SOCKET_RCVBUFF",
                    new Cause(
                            "The receiver's socket has no room: it reads too slowly.",
                            "Add receivers, or raise the socket's buffer (SO_RCVBUF, net.core.rmem_max).")),
            Map.entry("NEIGH_FAILED", NO_NEIGHBOUR),
            Map.entry("NEIGH_CREATEFAIL", NO_NEIGHBOUR),
            Map.entry("NEIGH_QUEUEFULL", NO_NEIGHBOUR),
            Map.entry("NEIGH_DEAD", NO_NEIGHBOUR),
            Map.entry("TC_INGRESS", TC),
            Map.entry("TC_EGRESS", TC),
            Map.entry("IP_OUTNOROUTES", NO_ROUTE),
            Map.entry("IP_INNOROUTES", NO_ROUTE),
            Map.entry("IP_INADDRERRORS", NO_ROUTE),
            Map.entry("PKT_TOO_BIG", TOO_BIG),
            Map.entry("OTHERHOST", OTHER_HOST),
            Map.entry("XDP", XDP),
            Map.entry("QDISC_DROP", QUEUE),
            Map.entry("QDISC_OVERLIMIT", QUEUE),
            Map.entry("QDISC_CONGESTED", QUEUE),
            Map.entry("FQ_FLOW_LIMIT", QUEUE),
            Map.entry("FQ_BAND_LIMIT", QUEUE),
            Map.entry("CPU_BACKLOG", BUSY),
            Map.entry("BRIDGE_INGRESS_STP_STATE", BRIDGE_PORT),
            Map.entry("IPV6DISABLED", NO_IPV6),
            Map.entry("PROTO_MEM", NO_MEMORY),
            Map.entry("NOMEM", NO_MEMORY),
            Map.entry("IP_LOCAL_SOURCE", SOURCE),
            Map.entry("IP_INVALID_SOURCE", SOURCE),
            Map.entry("IP_LOCALNET", SOURCE),
            Map.entry(
                    "SOCKET_FILTER",
                    new Cause(
                            "A filter on the receiver's socket drops it.",
                            "Ask the receiver's authors: SO_ATTACH_FILTER, SO_ATTACH_BPF or a BPF program of its cgroup."
                                    + " bpftool cgroup tree lists the latter.")),
            Map.entry(
                    "BPF_CGROUP_EGRESS",
                    new Cause("A BPF program of a cgroup drops it.", "bpftool cgroup tree lists them.")),
            Map.entry("XFRM_POLICY", new Cause("An IPsec policy refuses it.", "ip xfrm policy shows them.")),
            Map.entry(
                    "IP_CSUM",
                    new Cause(
                            "Its IP checksum is wrong.", "ethtool -k INTERFACE: a checksum offload may be at fault.")),
            Map.entry("DEV_READY", new Cause("The interface is down.", "ip link set INTERFACE up")),
            Map.entry(
                    "UDP_CSUM",
                    new Cause(
                            "Its UDP checksum is wrong.",
                            "ethtool -k INTERFACE: a checksum offload may be at fault.")));

    /** By the function, where there is no reason. net/ipv4, net/ipv6, net/netfilter, net/core of Linux 5.10 to 6.18. */
    private static final Map<String, Cause> BY_FUNCTION = Map.ofEntries(
            Map.entry("nf_hook_slow", FIREWALL),
            Map.entry("do_xdp_generic", XDP),
            Map.entry("netif_receive_generic_xdp", XDP),
            Map.entry("ip_rcv_finish_core", RP_FILTER),
            Map.entry("ip_error", NO_ROUTE),
            Map.entry("ip6_pkt_drop", NO_ROUTE),
            Map.entry("dst_discard_out", NO_ROUTE),
            Map.entry("dst_discard", NO_ROUTE),
            Map.entry("ip6_pkt_discard", NO_ROUTE),
            Map.entry("__udp4_lib_rcv", NO_SOCKET),
            Map.entry("__udp6_lib_rcv", NO_SOCKET),
            Map.entry("arp_error_report", NO_NEIGHBOUR),
            Map.entry("ndisc_error_report", NO_NEIGHBOUR),
            Map.entry("neigh_invalidate", NO_NEIGHBOUR),
            Map.entry("__neigh_event_send", NO_NEIGHBOUR),
            Map.entry("ip_forward", TOO_BIG),
            Map.entry("ip6_forward", TOO_BIG),
            Map.entry("ip_rcv_core", OTHER_HOST),
            Map.entry("ip6_rcv_core", OTHER_HOST));

    private final Map<Integer, String> reasons;
    private final KernelSymbols symbols;

    /**
     * What is known of a drop.
     *
     * @param sentence the cause
     * @param remedy what mends it
     */
    record Cause(String sentence, String remedy) {}

    /** @param reasons names by number, without the prefix; empty if the kernel gives no reasons */
    DropCauses(Map<Integer, String> reasons, KernelSymbols symbols) {
        this.reasons = reasons;
        this.symbols = symbols;
    }

    /** Of the running kernel. */
    static DropCauses ofKernel() {
        Map<Integer, String> names = new HashMap<>();
        try {
            KernelTypes.enumeration("skb_drop_reason")
                    .forEach((number, name) -> names.put(number, name.replace(PREFIX, "")));
        } catch (SystemCallException e) {
            // Then the function has to say it.
        }
        return new DropCauses(names, new KernelSymbols(Path.of("/proc/kallsyms")));
    }

    /** {@code "NETFILTER_DROP in nf_hook_slow"}: as the kernel names it. */
    String nameOf(TraceEvent freed) {
        String function = symbols.functionAt(freed.location()).orElse("an unknown function");
        return reasonOf(freed) + " in " + function;
    }

    /** In words. */
    Cause of(TraceEvent freed) {
        String function = symbols.functionAt(freed.location()).orElse("");
        Cause unknown = new Cause("The kernel drops it: " + nameOf(freed) + ".", "");
        return BY_REASON.getOrDefault(
                reasonOf(freed), BY_FUNCTION.getOrDefault(function.replaceAll("\\..*", ""), unknown));
    }

    /** In words, of what was dropped in a pod's network namespace. */
    Cause inPod(TraceEvent freed) {
        return isByFirewall(freed) ? FIREWALL_OF_POD : of(freed);
    }

    /** Whether the firewall has dropped it, so that a rule's counter may say which rule. */
    boolean isByFirewall(TraceEvent freed) {
        return of(freed).equals(FIREWALL);
    }

    /**
     * Whether it is one that the kernel tells where forwarding is off: ip_error, or ip6_forward with no better reason.
     */
    boolean isOfForwarding(TraceEvent freed) {
        boolean isIpv6 = symbols.functionAt(freed.location()).orElse("").startsWith("ip6_forward");
        return of(freed).equals(NO_ROUTE) || isIpv6 && reasonOf(freed).equals(NONE);
    }

    /** Whether it was only a copy that was on its way to all hosts of a bridge, and this was not its host. */
    boolean isOfOtherHost(TraceEvent freed) {
        return of(freed).equals(OTHER_HOST);
    }

    private String reasonOf(TraceEvent freed) {
        return reasons.isEmpty() ? NONE : reasons.getOrDefault(freed.result(), "reason " + freed.result());
    }
}
