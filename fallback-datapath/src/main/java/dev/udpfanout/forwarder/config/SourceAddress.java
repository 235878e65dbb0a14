package dev.udpfanout.forwarder.config;

/** Whose address the receivers see as the sender of a datagram. */
public enum SourceAddress {
    /** The node's own: the address that its route to the receiver has, and a port of the forwarder's. */
    NODE,
    /** The client's address and port, as in the datagram received; needs CAP_NET_RAW (raw(7), IP_TRANSPARENT). */
    CLIENT
}
