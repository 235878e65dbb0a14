package dev.udpfanout.lab.kubeproxy;

/** One table in the form that iptables-restore(8) reads: first all chains, then their rules in order. */
final class RestoreTable {
    private final String table;
    private final StringBuilder chains = new StringBuilder();
    private final StringBuilder rules = new StringBuilder();

    RestoreTable(String table) {
        this.table = table;
    }

    /** Declares the kernel's own chains; their policy is ACCEPT. */
    void builtIn(String... names) {
        for (String name : names) {
            chains.append(':').append(name).append(" ACCEPT [0:0]\n");
        }
    }

    /** Declares chains of the user's. */
    void chain(String... names) {
        for (String name : names) {
            chains.append(':').append(name).append(" - [0:0]\n");
        }
    }

    /** Appends a rule to a chain; the parts are joined by blanks. */
    void rule(String chain, String... parts) {
        rules.append("-A ")
                .append(chain)
                .append(' ')
                .append(String.join(" ", parts))
                .append('\n');
    }

    String text() {
        return "*" + table + "\n" + chains + rules + "COMMIT\n";
    }
}
