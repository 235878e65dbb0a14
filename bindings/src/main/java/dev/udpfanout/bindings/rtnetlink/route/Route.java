package dev.udpfanout.bindings.rtnetlink.route;

import dev.udpfanout.bindings.generated.rtnetlink.Rtnetlink;
import dev.udpfanout.bindings.rtnetlink.address.Scope;
import dev.udpfanout.bindings.rtnetlink.netlink.InternetAddress;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * An entry of a routing table: ip-route(8). Of the metrics only a locked MTU is shown, and of several next hops only
 * their links; such a route has neither link nor gateway here.
 *
 * @param table its table's number; {@link #MAIN_TABLE}, {@link #LOCAL_TABLE} or another
 * @param type what becomes of packets
 * @param destination the network's address; 0.0.0.0 or :: in a default route
 * @param prefixLength of the destination, in bits
 * @param linkIndex the link by which packets leave
 * @param gateway the next router
 * @param priority the metric: of routes to one destination the smallest counts
 * @param scope how far the destination is; the kernel keeps it for IPv4 only
 * @param protocol who made it
 * @param preferredSource the source address for packets that this host sends
 * @param lockedMtuBytes the MTU that holds for all packets by this route, whatever is learnt of the path: {@code mtu
 *     lock} of ip-route(8)
 * @param nextHopLinks the links of several next hops; empty if there is one, or if they are next hop objects that the
 *     kernel names by number only ({@code net.ipv4.nexthop_compat_mode=0})
 */
public record Route(
        int table,
        RouteType type,
        InetAddress destination,
        int prefixLength,
        OptionalInt linkIndex,
        Optional<InetAddress> gateway,
        int priority,
        Scope scope,
        RouteProtocol protocol,
        Optional<InetAddress> preferredSource,
        OptionalInt lockedMtuBytes,
        List<Integer> nextHopLinks) {
    /** The table for routes to elsewhere, 254. */
    public static final int MAIN_TABLE = Rtnetlink.RT_TABLE_MAIN();

    /** The table for what is delivered on this host, 255. The kernel looks here first. */
    public static final int LOCAL_TABLE = Rtnetlink.RT_TABLE_LOCAL();

    /** @throws IllegalArgumentException if the destination has no prefix of that length */
    public Route {
        InternetAddress.checkedPrefixLength(destination, prefixLength);
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(linkIndex, "linkIndex");
        Objects.requireNonNull(gateway, "gateway");
        Objects.requireNonNull(scope, "scope");
        Objects.requireNonNull(protocol, "protocol");
        Objects.requireNonNull(preferredSource, "preferredSource");
        Objects.requireNonNull(lockedMtuBytes, "lockedMtuBytes");
        nextHopLinks = List.copyOf(nextHopLinks);
    }

    /** The same route with another locked MTU, or with none. */
    public Route withLockedMtu(OptionalInt mtuBytes) {
        return new Route(
                table,
                type,
                destination,
                prefixLength,
                linkIndex,
                gateway,
                priority,
                scope,
                protocol,
                preferredSource,
                mtuBytes,
                nextHopLinks);
    }

    /** {@code DESTINATION/PREFIX dev LINK scope link proto static}, in the main table. */
    public static Route onLink(InetAddress destination, int prefixLength, int linkIndex) {
        return new Route(
                MAIN_TABLE,
                RouteType.UNICAST,
                destination,
                prefixLength,
                OptionalInt.of(linkIndex),
                Optional.empty(),
                0,
                Scope.LINK,
                RouteProtocol.STATIC,
                Optional.empty(),
                OptionalInt.empty(),
                List.of());
    }

    /**
     * {@code local ADDRESS dev LINK} in the local table, with what the kernel gives it when the address is assigned:
     * fib_add_ifaddr in net/ipv4/fib_frontend.c, addrconf_f6i_alloc in net/ipv6/route.c.
     *
     * <p>For IPv4 the kernel cannot tell a route put back like this from its own. For IPv6 it can: the route gets
     * priority 1024, so that it is not equal to this one when read, and stays when the address is removed.
     */
    public static Route local(InetAddress address, int linkIndex) {
        boolean ipv4 = address instanceof Inet4Address;
        return new Route(
                LOCAL_TABLE,
                RouteType.LOCAL,
                address,
                InternetAddress.bits(InternetAddress.family(address)),
                OptionalInt.of(linkIndex),
                Optional.empty(),
                0,
                ipv4 ? Scope.HOST : Scope.UNIVERSE,
                RouteProtocol.KERNEL,
                ipv4 ? Optional.of(address) : Optional.empty(),
                OptionalInt.empty(),
                List.of());
    }
}
