package dev.udpfanout.loader.trace;

import dev.udpfanout.loader.config.reader.SocketAddressText;

/** What is known of a datagram that left the node by another interface than the one where its destination is. Pure. */
final class LedAway {
    private LedAway() {}

    /**
     * @param at where it left
     * @param belongs where its destination is, in words
     * @param nic by which interface it came in
     * @param isRedirected whether the kernel's routes do not lead there either
     */
    static Fate of(TraceEvent at, String belongs, String nic, boolean isRedirected) {
        String what = "It left by " + at.device() + ", to "
                + at.destination().map(SocketAddressText::write).orElse("its destination") + ", which is " + belongs;
        return isRedirected
                ? Fate.lost(
                        at.device(),
                        what + ": no route leads it away, but a TC filter's redirect (mirred), or a rule for its mark.",
                        "tc filter show dev " + nic
                                + " ingress, of each interface on its way, and ip rule show tell which" + " it is.")
                : Fate.lost(
                        at.device(),
                        what + ": a rule, VRF or route leads it away.",
                        "ip rule show and ip route get ADDRESS from SENDER iif " + nic
                                + " show which rule or VRF it is; udp-fanout doctor names the table.");
    }
}
