package dev.udpfanout.bindings.rtnetlink.address;

import dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink;

/**
 * How far an address or a route reaches: rtm_scope and ifa_scope of rtnetlink(7).
 *
 * @param number 0 to 255; administrators may define numbers besides the constants
 */
public record Scope(int number) {
    /** Anywhere; iproute2 writes "global". */
    public static final Scope UNIVERSE = new Scope(Rtnetlink.RT_SCOPE_UNIVERSE());

    /** Inside the site (IPv6). */
    public static final Scope SITE = new Scope(Rtnetlink.RT_SCOPE_SITE());

    /** On the link: no gateway in between. */
    public static final Scope LINK = new Scope(Rtnetlink.RT_SCOPE_LINK());

    /** This host only. */
    public static final Scope HOST = new Scope(Rtnetlink.RT_SCOPE_HOST());

    /** Nowhere; as a part of a request to remove a route, any scope. */
    public static final Scope NOWHERE = new Scope(Rtnetlink.RT_SCOPE_NOWHERE());

    /** The name that iproute2 uses, or the number. */
    @Override
    public String toString() {
        if (equals(UNIVERSE)) {
            return "global";
        } else if (equals(SITE)) {
            return "site";
        } else if (equals(LINK)) {
            return "link";
        } else if (equals(HOST)) {
            return "host";
        }
        return equals(NOWHERE) ? "nowhere" : Integer.toString(number);
    }
}
