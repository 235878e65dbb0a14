package dev.udpfanout.lab.netflow;

/**
 * One kind of network and daemon.
 *
 * @param mode what serves the listener
 * @param ipv6 or else IPv4, between exporters, daemon and collectors
 * @param wayIn how datagrams get there
 */
record Place(Mode mode, boolean ipv6, WayIn wayIn) {
    /** For people: {@code kernel, IPv4, dummy0}. */
    String text() {
        return mode.label() + ", " + family() + ", " + wayIn.label();
    }

    /** {@code IPv4} or {@code IPv6}. */
    String family() {
        return ipv6 ? "IPv6" : "IPv4";
    }
}
