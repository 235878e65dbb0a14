package dev.udpfanout.lab.differential;

import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.kubeproxy.KubeProxy;

/** What a node's firewall does with what it forwards; all accept the pods' range, as a CNI plugin has them do. */
enum Firewall {
    /** Accepts all. */
    NONE,
    /** Drops what no rule accepts, by iptables(8) on the tables of nftables. */
    IPTABLES_NFT,
    /** The same in the kernel's older tables, where kube-proxy's rules are then, too. */
    IPTABLES_LEGACY,
    /** The same in a table of nftables' own, beside kube-proxy's rules. */
    NFTABLES;

    private static final String TABLE = """
            table inet node-firewall {
                chain forward {
                    type filter hook forward priority filter; policy drop;
                    ct state established,related accept
                    ip saddr %1$s accept
                    ip daddr %1$s accept
                }
            }
            """.formatted(Ground.POD_RANGE);

    /** kube-proxy on such a node. */
    KubeProxy kubeProxy(LabNamespace node) {
        return this == IPTABLES_LEGACY ? KubeProxy.ofLegacyTables(node) : new KubeProxy(node);
    }

    /** Puts the rules in force, after kube-proxy's, which replace whole tables. */
    void apply(LabNamespace node) {
        switch (this) {
            case NONE -> {
                // Nothing is dropped.
            }
            case IPTABLES_NFT -> dropForwarded(node, "iptables");
            case IPTABLES_LEGACY -> dropForwarded(node, "iptables-legacy");
            case NFTABLES -> {
                node.execWithInput(
                        "table inet node-firewall\ndelete table inet node-firewall\n" + TABLE, "nft", "-f", "-");
            }
        }
    }

    private static void dropForwarded(LabNamespace node, String iptables) {
        node.exec(iptables, "-A", "FORWARD", "-s", Ground.POD_RANGE, "-j", "ACCEPT");
        node.exec(iptables, "-A", "FORWARD", "-d", Ground.POD_RANGE, "-j", "ACCEPT");
        node.exec(iptables, "-P", "FORWARD", "DROP");
    }
}
