package dev.udpfanout.lab.kubeproxy;

import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.Topology;
import java.util.List;

/** Stands in for kube-proxy on the lab's node: loads its rules. */
public final class KubeProxy {
    private final LabNamespace node;
    private final String variant;

    /** @param topology on whose node the rules go */
    public KubeProxy(Topology topology) {
        this(topology.node());
    }

    /** @param node where the rules go */
    public KubeProxy(LabNamespace node) {
        this(node, "");
    }

    private KubeProxy(LabNamespace node, String variant) {
        this.node = node;
        this.variant = variant;
    }

    /** One that uses the kernel's older tables, by iptables-legacy(8), and not those of nftables. */
    public static KubeProxy ofLegacyTables(LabNamespace node) {
        return new KubeProxy(node, "-legacy");
    }

    /**
     * Replaces the node's rules, each table at one stroke, and forgets all tracked connections, so that the next
     * datagram of every flow meets the new rules.
     *
     * @throws dev.udpfanout.lab.process.CommandFailedException if the kernel or a tool refuses
     */
    public void load(KubeProxyRules rules) {
        replaceRules(List.of(rules));
        flushConnections();
    }

    /**
     * Replaces the node's rules by those for several ports of one family, each table at one stroke. Tracked connections
     * stay as they are, so that a flow that the node knows already does not meet the new rules.
     *
     * @throws dev.udpfanout.lab.process.CommandFailedException if the kernel or a tool refuses
     */
    public void replaceRules(List<KubeProxyRules> rules) {
        String family = rules.getFirst().isIpv6() ? "ip6tables" : "iptables";
        node.execWithInput(KubeProxyRules.restoreInput(rules), family + variant + "-restore", "-w", "5");
    }

    /** Forgets all connections that the node tracks; see conntrack(8). */
    public void flushConnections() {
        node.exec("conntrack", "-F");
    }
}
