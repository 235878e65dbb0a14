package dev.udpfanout.bindings.rtnetlink.route;

import dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink;

/** What becomes of a packet that a route matches: rtm_type of rtnetlink(7). */
public enum RouteType {
    /** It is sent on. */
    UNICAST(Rtnetlink.RTN_UNICAST()),
    /** It is delivered on this host. */
    LOCAL(Rtnetlink.RTN_LOCAL()),
    BROADCAST(Rtnetlink.RTN_BROADCAST()),
    ANYCAST(Rtnetlink.RTN_ANYCAST()),
    MULTICAST(Rtnetlink.RTN_MULTICAST()),
    /** It is dropped silently. */
    BLACKHOLE(Rtnetlink.RTN_BLACKHOLE()),
    /** It is dropped with an ICMP "host unreachable". */
    UNREACHABLE(Rtnetlink.RTN_UNREACHABLE()),
    /** It is dropped with an ICMP "administratively prohibited". */
    PROHIBIT(Rtnetlink.RTN_PROHIBIT()),
    /** The next routing rule decides. */
    THROW(Rtnetlink.RTN_THROW()),
    /** A type that this enum does not know; such a route can be read, not written. */
    OTHER(-1);

    private final int number;

    RouteType(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    static RouteType of(int number) {
        for (RouteType type : values()) {
            if (type.number == number) {
                return type;
            }
        }
        return OTHER;
    }
}
