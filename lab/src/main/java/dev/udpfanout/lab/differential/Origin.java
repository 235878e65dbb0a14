package dev.udpfanout.lab.differential;

import java.util.Locale;

/** Who sends. */
enum Origin {
    CLIENT("a client outside"),
    NODE("the node itself"),
    POD("a pod on the node"),
    RECEIVER("a receiver itself"),
    REMOTE_POD("a pod of node 2");

    private final String label;

    Origin(String label) {
        this.label = label;
    }

    /** One word, for the command line. */
    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** A few words, for tables. */
    String label() {
        return label;
    }
}
