package dev.udpfanout.bindings.rtnetlink.route;

import dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink;

/**
 * Who made a route: rtm_protocol of rtnetlink(7).
 *
 * @param number 0 to 255; routing daemons have numbers besides the constants
 */
public record RouteProtocol(int number) {
    /** Unknown; as a part of a request to remove a route, anybody. */
    public static final RouteProtocol UNSPECIFIED = new RouteProtocol(Rtnetlink.RTPROT_UNSPEC());

    /** The kernel itself, for example for an address that was assigned. */
    public static final RouteProtocol KERNEL = new RouteProtocol(Rtnetlink.RTPROT_KERNEL());

    /** A command: what {@code ip route add} writes when told nothing else. */
    public static final RouteProtocol BOOT = new RouteProtocol(Rtnetlink.RTPROT_BOOT());

    /** An administrator or, like us, a program on its own authority. */
    public static final RouteProtocol STATIC = new RouteProtocol(Rtnetlink.RTPROT_STATIC());
}
