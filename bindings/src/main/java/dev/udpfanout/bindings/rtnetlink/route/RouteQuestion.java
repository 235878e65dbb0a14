package dev.udpfanout.bindings.rtnetlink.route;

import java.net.InetAddress;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the kernel is asked about one packet: {@code ip route get DESTINATION from SOURCE iif LINK mark MARK}. With a
 * link by which the packet comes in, the kernel answers as for a packet that it forwards or delivers, with rules of
 * that link, of its VRF, and with the check of the source (rp_filter); without one, as for a packet of this host.
 *
 * @param destination the packet's
 * @param source the packet's; needed with a link
 * @param incomingLink the index of the link by which it comes in; empty for a packet of this host
 * @param mark its firewall mark, 0 for none
 */
public record RouteQuestion(InetAddress destination, Optional<InetAddress> source, OptionalInt incomingLink, int mark) {
    /** A packet of this host. */
    public static RouteQuestion from(InetAddress destination) {
        return new RouteQuestion(destination, Optional.empty(), OptionalInt.empty(), 0);
    }

    /** A packet that comes in by a link. */
    public static RouteQuestion comingIn(InetAddress destination, InetAddress source, int link) {
        return new RouteQuestion(destination, Optional.of(source), OptionalInt.of(link), 0);
    }
}
