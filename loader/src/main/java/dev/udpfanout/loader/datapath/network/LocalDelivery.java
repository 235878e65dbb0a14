package dev.udpfanout.loader.datapath.network;

import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.bindings.rtnetlink.route.Route;
import dev.udpfanout.loader.config.AddressText;
import java.net.InetAddress;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The opposite of {@link Steering}: datagrams to an address are delivered on this node, to a socket. The kernel's
 * {@code local} route is in place, and none of our steering routes is.
 */
public final class LocalDelivery {
    private static final Logger LOG = LoggerFactory.getLogger(LocalDelivery.class);

    private LocalDelivery() {}

    /**
     * Has the address delivered; does nothing where it is.
     *
     * @param link the interface that has the address; up
     */
    public static void ensure(Network network, Link link, InetAddress address) {
        List<Route> routes = network.routes().all();
        // The local route first: it wins while both are there, and at no moment is there none.
        boolean added = !HostAddress.hasLocalRoute(routes, link.index(), address);
        if (added) {
            HostAddress.restoreLocalRoute(network, link, address);
        }
        // Anew: the kernel takes one away itself with an IPv6 address that is assigned again.
        List<Route> steering = (added ? network.routes().all() : routes)
                .stream()
                        .filter(route -> Steering.isOurs(route, link.index()))
                        .filter(route -> HostAddress.isTo(route, link.index(), address))
                        .toList();
        steering.forEach(network.routes()::remove);
        if (added || !steering.isEmpty()) {
            LOG.atInfo()
                    .addKeyValue("interface", link.name())
                    .addKeyValue("address", AddressText.of(address))
                    .log("address is delivered on this node");
        }
    }
}
