package dev.udpfanout.loader.datapath.network.firewall;

/**
 * A chain of nf_tables.
 *
 * @param family {@code "ip"}, {@code "ip6"} or {@code "inet"}
 * @param table its table's name
 * @param name its own
 */
record ChainId(String family, String table, String name) {
    ChainId sibling(String other) {
        return new ChainId(family, table, other);
    }

    /** Whether packets of IPv4 (4) or IPv6 (6) pass it. */
    boolean takes(int ipFamily) {
        return family.equals("inet") || family.equals(ipFamily == 4 ? "ip" : "ip6");
    }

    @Override
    public String toString() {
        return family + " " + table + " " + name;
    }
}
