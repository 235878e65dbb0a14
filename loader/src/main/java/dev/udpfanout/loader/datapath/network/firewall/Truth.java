package dev.udpfanout.loader.datapath.network.firewall;

/** What can be said of a condition without seeing the packet: of all that an opening stands for. */
enum Truth {
    /** It holds for none. */
    NO,
    /** It holds for some, or that cannot be told. */
    MAYBE,
    /** It holds for all. */
    YES;

    Truth and(Truth other) {
        return compareTo(other) < 0 ? this : other;
    }

    Truth or(Truth other) {
        return compareTo(other) > 0 ? this : other;
    }

    Truth negated() {
        return values()[YES.ordinal() - ordinal()];
    }

    static Truth of(boolean holds) {
        return holds ? YES : NO;
    }
}
