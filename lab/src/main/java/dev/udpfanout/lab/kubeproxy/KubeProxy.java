package dev.udpfanout.lab.kubeproxy;

import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.Topology;

/** Stands in for kube-proxy on the lab's node: loads its rules. */
public final class KubeProxy {
    private final LabNamespace node;

    /** @param topology on whose node the rules go */
    public KubeProxy(Topology topology) {
        this(topology.node());
    }

    /** @param node where the rules go */
    public KubeProxy(LabNamespace node) {
        this.node = node;
    }

    /**
     * Replaces the node's rules, each table at one stroke, and forgets all tracked connections, so that the next
     * datagram of every flow meets the new rules.
     *
     * @throws dev.udpfanout.lab.process.CommandFailedException if the kernel or a tool refuses
     */
    public void load(KubeProxyRules rules) {
        loadBeside(rules);
        flushConnections();
    }

    /** As {@link #load}, but connections that are tracked go on as they are: not every kube-proxy forgets them. */
    public void loadBeside(KubeProxyRules rules) {
        String restore = rules.isIpv6() ? "ip6tables-restore" : "iptables-restore";
        node.execWithInput(rules.restoreInput(), restore, "-w", "5");
    }

    /** Forgets all connections that the node tracks; see conntrack(8). */
    public void flushConnections() {
        node.exec("conntrack", "-F");
    }
}
