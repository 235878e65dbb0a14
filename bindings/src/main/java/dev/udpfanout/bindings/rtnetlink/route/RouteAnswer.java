package dev.udpfanout.bindings.rtnetlink.route;

import dev.udpfanout.bindings.errno.Errno;
import java.util.Optional;

/**
 * The kernel's answer to a {@link RouteQuestion}.
 *
 * @param route what it has chosen; empty if it would not take the packet
 * @param table the routing table that decided; 0 if the kernel does not say
 * @param refusal why it would not take the packet: ENETUNREACH without a route, EINVAL for a blackhole route (or a
 *     source that no packet may have), EHOSTUNREACH for an unreachable route or forwarding that is off, EACCES for a
 *     prohibit route, EXDEV for the check of the source. Source: ip_route_input_slow in net/ipv4/route.c, fib_props in
 *     net/ipv4/fib_semantics.c
 */
public record RouteAnswer(Optional<ChosenRoute> route, int table, Optional<Errno> refusal) {
    static RouteAnswer of(ChosenRoute route, int table) {
        return new RouteAnswer(Optional.of(route), table, Optional.empty());
    }

    static RouteAnswer refused(Errno errno) {
        return new RouteAnswer(Optional.empty(), 0, Optional.of(errno));
    }

    /** Whether the packet would leave by a link. */
    public boolean isBy(int linkIndex) {
        return route.filter(chosen -> chosen.type() == RouteType.UNICAST)
                .map(chosen -> chosen.linkIndex().orElse(0) == linkIndex)
                .orElse(false);
    }

    /** Whether the packet would be delivered on this host. */
    public boolean isLocal() {
        return route.map(chosen -> chosen.type() == RouteType.LOCAL).orElse(false);
    }
}
