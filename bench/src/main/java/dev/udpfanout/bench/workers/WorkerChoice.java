package dev.udpfanout.bench.workers;

import java.util.Locale;

/** What decides which worker gets a datagram: their sockets share the port (SO_REUSEPORT, socket(7)). */
public enum WorkerChoice {
    /** A program on the sockets draws a number for each datagram: SO_ATTACH_REUSEPORT_CBPF. What udp-fanout does. */
    DRAWN,
    /** The kernel's hash of addresses and ports: a sender stays with one worker. */
    HASH,
    /** The same, since a client's flow is known to one worker, and each flow has a socket of its own. */
    REPLIES;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
