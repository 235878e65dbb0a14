package dev.udpfanout.loader.datapath.network;

import dev.udpfanout.bindings.rtnetlink.link.Link;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.OptionalInt;

/** The MTU of a route that steers to a dummy interface. */
final class RouteMtu {
    private RouteMtu() {}

    /**
     * What the route has to say: nothing where the interface's own MTU is small enough.
     *
     * @param destination of the route
     * @param pathMtu on the way to the endpoints, in bytes; empty if nothing bounds it
     */
    static OptionalInt below(Link link, InetAddress destination, OptionalInt pathMtu) {
        int ofLink = destination instanceof Inet6Address ? link.ipv6MtuBytes().orElse(link.mtu()) : link.mtu();
        return pathMtu.isPresent() && pathMtu.getAsInt() < ofLink ? pathMtu : OptionalInt.empty();
    }
}
