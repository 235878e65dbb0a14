package dev.udpfanout.bench.jmh;

import dev.udpfanout.bindings.namespace.NetworkNamespace;
import dev.udpfanout.bindings.rtnetlink.RtnetlinkSocket;
import dev.udpfanout.bindings.rtnetlink.link.Links;

/** A network namespace for the calling thread, and those that it starts: gone with them, whatever happens. */
final class OwnNamespace {
    private OwnNamespace() {}

    /** Enters a new one, with loopback up. */
    static void enter() {
        NetworkNamespace.enterNew();
        try (RtnetlinkSocket socket = RtnetlinkSocket.open()) {
            Links links = new Links(socket);
            links.setUp(links.byName("lo").orElseThrow().index());
        }
    }
}
