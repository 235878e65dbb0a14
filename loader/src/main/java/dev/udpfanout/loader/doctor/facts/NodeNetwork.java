package dev.udpfanout.loader.doctor.facts;

import dev.udpfanout.bindings.rtnetlink.address.InterfaceAddress;
import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.bindings.rtnetlink.route.Route;
import dev.udpfanout.bindings.rtnetlink.route.RouteType;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.Prefix;
import dev.udpfanout.loader.datapath.network.Network;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The node's links, addresses and routes, read once. */
public final class NodeNetwork {
    private static final String BRIDGE = "bridge";

    private final List<Link> links;
    private final List<InterfaceAddress> addresses;
    private final List<Route> routes;

    public NodeNetwork(Network network) {
        links = network.links().all();
        addresses = links.stream()
                .flatMap(link -> network.addresses().of(link.index()).stream())
                .toList();
        routes = network.routes().all();
    }

    /**
     * The interfaces by which senders' datagrams reach this node, as far as addresses and routes tell: those in whose
     * network a VIP is, else those with a default route, else those with a network that is no bridge's. Dummy
     * interfaces are none.
     */
    public List<Link> uplinks(boolean isIpv6, Collection<InetAddress> vips) {
        List<Link> candidates = links.stream()
                .filter(link -> link.up() && !ListenerConfig.isDummyInterface(link.name()))
                .filter(link -> networks(link, isIpv6).findAny().isPresent())
                .toList();
        Predicate<Link> hasVip = link -> networks(link, isIpv6)
                .anyMatch(each -> vips.stream().anyMatch(vip -> prefix(each).contains(vip)));
        return Stream.<Predicate<Link>>of(
                        hasVip,
                        link -> hasDefaultRoute(link, isIpv6),
                        link -> !link.kind().equals(BRIDGE),
                        link -> true)
                .map(wanted -> candidates.stream().filter(wanted).toList())
                .filter(found -> !found.isEmpty())
                .findFirst()
                .orElse(List.of());
    }

    private boolean hasDefaultRoute(Link link, boolean isIpv6) {
        return routes.stream()
                .anyMatch(route -> route.prefixLength() == 0
                        && route.type() == RouteType.UNICAST
                        && isIpv6(route.destination()) == isIpv6
                        && route.linkIndex().equals(OptionalInt.of(link.index())));
    }

    private Stream<InterfaceAddress> networks(Link link, boolean isIpv6) {
        return addresses.stream()
                .filter(each -> each.linkIndex() == link.index() && isIpv6(each.address()) == isIpv6)
                .filter(each ->
                        !each.address().isLoopbackAddress() && !each.address().isLinkLocalAddress())
                .filter(each -> each.prefixLength() < each.address().getAddress().length * Byte.SIZE);
    }

    private static boolean isIpv6(InetAddress address) {
        return address.getAddress().length > Integer.BYTES;
    }

    private static Prefix prefix(InterfaceAddress address) {
        byte[] network = address.address().getAddress();
        for (int bit = address.prefixLength(); bit < network.length * Byte.SIZE; bit++) {
            network[bit / Byte.SIZE] &= (byte) ~(0x80 >> bit % Byte.SIZE);
        }
        return new Prefix(ofBytes(network), address.prefixLength());
    }

    private static InetAddress ofBytes(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (java.net.UnknownHostException e) {
            throw new IllegalStateException("not an address of 4 or 16 bytes", e);
        }
    }

    /** Addresses that a sender on a link's network may have: beside the link's own, and none of this node's. */
    public List<InetAddress> senders(Link link, boolean isIpv6) {
        List<InetAddress> found = new ArrayList<>();
        networks(link, isIpv6).forEach(own -> {
            for (int bit = 1; bit <= 0x40; bit <<= 1) {
                byte[] bytes = own.address().getAddress();
                bytes[bytes.length - 1] ^= (byte) bit;
                int last = Byte.toUnsignedInt(bytes[bytes.length - 1]);
                InetAddress beside = ofBytes(bytes);
                if (last != 0 && last != 0xff && prefix(own).contains(beside) && !isOwn(beside)) {
                    found.add(beside);
                }
            }
        });
        return found;
    }

    /** The interface that is down, and in whose network an address is; empty if there is none. */
    public Optional<Link> downLinkOf(InetAddress address) {
        return links.stream()
                .filter(link -> !link.up())
                .filter(link -> networks(link, isIpv6(address))
                        .anyMatch(own -> prefix(own).contains(address)))
                .findFirst();
    }

    private boolean isOwn(InetAddress address) {
        return addresses.stream().anyMatch(each -> each.address().equals(address));
    }

    /** All links. */
    public List<Link> links() {
        return links;
    }

    /** The first address of a link; empty if it has none of the family. */
    public Optional<InetAddress> address(Link link, boolean isIpv6) {
        return addresses.stream()
                .filter(each -> each.linkIndex() == link.index() && isIpv6(each.address()) == isIpv6)
                .map(InterfaceAddress::address)
                .filter(each -> !each.isLinkLocalAddress())
                .findFirst();
    }

    /** The routes of all tables. */
    public List<Route> routes() {
        return routes;
    }

    /** Whether an address is assigned to a link, or to any. */
    public boolean isAssigned(InetAddress address, Optional<Link> link) {
        return addresses.stream()
                .anyMatch(each -> each.address().equals(address)
                        && link.map(one -> one.index() == each.linkIndex()).orElse(true));
    }

    /** A link by its name. */
    public Optional<Link> link(String name) {
        return links.stream().filter(link -> link.name().equals(name)).findFirst();
    }

    /** A link by its index; {@code "interface 7"} if it is gone. */
    public String name(int index) {
        return links.stream()
                .filter(link -> link.index() == index)
                .map(Link::name)
                .findFirst()
                .orElse("interface " + index);
    }
}
