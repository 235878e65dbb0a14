package dev.udpfanout.loader.datapath.network;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.rtnetlink.address.InterfaceAddress;
import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.bindings.rtnetlink.route.Route;
import dev.udpfanout.bindings.rtnetlink.route.RouteType;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * An address alone, without a network around it, on an interface; with the route in the table {@code local} that comes
 * with it.
 */
final class HostAddress {
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long POLL_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long RETRY_NS = TimeUnit.MICROSECONDS.toNanos(50);

    private HostAddress() {}

    /**
     * Assigns an address, and returns when its {@code local} route is there. For IPv4 that is at once. For IPv6 the
     * kernel adds the route a little later, on a worker of its own (addrconf_dad_work in net/ipv6/addrconf.c), and
     * whoever had removed it too early would see it appear again. If it does not come within a second, whoever needs it
     * gone looks again at the next change of the routes.
     *
     * <p>Nothing takes the address as its source while there is another. It is the same on every node, so another node
     * drops what comes from it as its own ("martian"): half of what kube-proxy masquerades went that way.
     */
    static void assign(Network network, Link link, InetAddress address) {
        assign(network, link, address, bits(address));
    }

    /**
     * Assigns an address whose datagrams go out of the interface all the time, and takes its {@code local} route away
     * as soon as it comes: what arrives in between stays on this node. An IPv4 address has a {@link LeadingRoute}, so
     * its local route takes nothing, and {@link Steering} removes it a moment later.
     *
     * @return whether a local route was removed
     */
    static boolean assignSteered(Network network, Link link, InetAddress address) {
        network.addresses().addDestination(link.index(), address, bits(address));
        if (!(address instanceof Inet6Address)) {
            return false;
        }
        Route local = Route.local(address, link.index());
        long deadlineNs = System.nanoTime() + LIMIT_NS;
        while (System.nanoTime() - deadlineNs < 0) {
            if (isRemoved(network, local)) {
                return true;
            }
            LockSupport.parkNanos(RETRY_NS);
        }
        return false;
    }

    private static boolean isRemoved(Network network, Route route) {
        try {
            network.routes().remove(route);
            return true;
        } catch (SystemCallException e) {
            if (e.errno().equals(Errno.ESRCH)) {
                return false;
            }
            throw e;
        }
    }

    private static void assign(Network network, Link link, InetAddress address, int prefixLength) {
        network.addresses().addDestination(link.index(), address, prefixLength);
        if (address instanceof Inet6Address) {
            long deadlineNs = System.nanoTime() + LIMIT_NS;
            while (!hasLocalRoute(network.routes().all(), link.index(), address)
                    && System.nanoTime() - deadlineNs < 0) {
                LockSupport.parkNanos(POLL_NS);
            }
        }
    }

    /**
     * Gives an assigned address the {@code local} route back that was taken away. An IPv6 route that is put back by
     * hand is not the kernel's own: it has another metric, and stays when the address goes. So the address is assigned
     * anew.
     */
    static void restoreLocalRoute(Network network, Link link, InetAddress address) {
        if (!(address instanceof Inet6Address)) {
            // As the kernel does: a leading route of ours may be there, which goes afterwards.
            network.routes().append(Route.local(address, link.index()));
            return;
        }
        List<InterfaceAddress> assigned = network.addresses().of(link.index()).stream()
                .filter(each -> each.address().equals(address))
                .toList();
        for (InterfaceAddress each : assigned) {
            network.addresses().remove(link.index(), address, each.prefixLength());
            assign(network, link, address, each.prefixLength());
        }
    }

    /** Whether the kernel delivers datagrams to an address on the spot, because of an interface that has it. */
    static boolean hasLocalRoute(List<Route> routes, int linkIndex, InetAddress address) {
        return routes.stream().anyMatch(route -> isLocalRoute(route, linkIndex, address));
    }

    static boolean isLocalRoute(Route route, int linkIndex, InetAddress address) {
        return route.table() == Route.LOCAL_TABLE && route.type() == RouteType.LOCAL && isTo(route, linkIndex, address);
    }

    /** Whether a route leads to just this address, by this link. */
    static boolean isTo(Route route, int linkIndex, InetAddress address) {
        return route.destination().equals(address)
                && route.prefixLength() == bits(address)
                && route.linkIndex().equals(OptionalInt.of(linkIndex));
    }

    /** How long a prefix is that holds one address. */
    static int bits(InetAddress address) {
        return address.getAddress().length * Byte.SIZE;
    }
}
