package dev.udpfanout.loader.datapath.way;

import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.bindings.rtnetlink.route.ChosenRoute;
import dev.udpfanout.bindings.rtnetlink.route.RouteType;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How an endpoint is reached.
 *
 * @param ifindex of the interface by which datagrams leave
 * @param interfaceName the same, for people
 * @param nextHop the router that they are sent to; empty if the endpoint is on the interface's own network
 * @param mtuBytes the largest IP packet; empty if the endpoint is on this node, which has no bound
 */
public record Way(int ifindex, String interfaceName, Optional<InetAddress> nextHop, OptionalInt mtuBytes) {
    /** Smaller packets every link must take: RFC 791 section 3.2, RFC 8200 section 5. */
    private static final int IPV4_LEAST_MTU = 68;

    private static final int IPV6_LEAST_MTU = 1280;

    /**
     * The way that the kernel has chosen; empty if it is none.
     *
     * @param link by which it leads
     */
    static Optional<Way> of(InetAddress endpoint, ChosenRoute route, Link link) {
        if (route.type() == RouteType.LOCAL) {
            return Optional.of(new Way(link.index(), link.name(), Optional.empty(), OptionalInt.empty()));
        }
        if (route.type() != RouteType.UNICAST) {
            return Optional.empty();
        }
        boolean isIpv6 = endpoint instanceof Inet6Address;
        int ofLink = isIpv6 ? link.ipv6MtuBytes().orElse(link.mtu()) : link.mtu();
        int mtu = Math.min(ofLink, route.mtuBytes().orElse(ofLink));
        return Optional.of(new Way(
                link.index(),
                link.name(),
                route.gateway(),
                OptionalInt.of(Math.max(mtu, isIpv6 ? IPV6_LEAST_MTU : IPV4_LEAST_MTU))));
    }

    /** Whether the endpoint is on this node. */
    public boolean isLocal() {
        return mtuBytes.isEmpty();
    }
}
