package dev.udpfanout.lab.traffic;

/** What a socket has the kernel do with datagrams that are larger than the path's MTU: IP_MTU_DISCOVER in ip(7). */
public enum PathMtuDiscovery {
    /** IP_PMTUDISC_DONT: never sets DF, so that routers may cut packets. */
    DONT(0),
    /** IP_PMTUDISC_WANT, the default: sets DF, and cuts datagrams that are larger than the MTU that it knows. */
    WANT(1),
    /** IP_PMTUDISC_DO: sets DF, and refuses datagrams that are larger than the MTU that it knows, with EMSGSIZE. */
    DO(2);

    private final int option;

    PathMtuDiscovery(int option) {
        this.option = option;
    }

    /** The value of the socket option; the same for IPv4 and IPv6. */
    int option() {
        return option;
    }
}
