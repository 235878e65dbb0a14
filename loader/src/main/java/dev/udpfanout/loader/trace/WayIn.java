package dev.udpfanout.loader.trace;

import dev.udpfanout.bindings.rtnetlink.address.InterfaceAddress;
import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.loader.config.Prefix;
import dev.udpfanout.loader.datapath.network.Network;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * By which interface test datagrams come in, and from whom.
 *
 * @param nic the interface
 * @param sender an address that the reverse path filter accepts there; nobody's, as far as the node knows
 */
public record WayIn(Link nic, InetAddress sender) {
    /** For documentation (RFC 5737, RFC 3849): where the interface has no subnet to choose from. */
    private static final InetAddress NOBODY = InetAddress.ofLiteral("192.0.2.99");

    private static final InetAddress NOBODY6 = InetAddress.ofLiteral("2001:db8:ffff::99");
    private static final Set<String> BEHIND_WHICH_NOBODY_IS = Set.of("dummy");
    private static final String LOOPBACK = "lo";
    private static final int MOST_TRIED = 64;

    /**
     * Chooses what is not given.
     *
     * @param interfaceName the interface; empty: where the sender is, or where the destination's network is, or the
     *     default route
     * @param from the sender; empty: one in the interface's subnet
     * @throws IllegalArgumentException if there is no such interface, or none is plain
     */
    public static WayIn choose(
            Network network, Optional<String> interfaceName, InetAddress to, Optional<InetAddress> from) {
        Link nic = interfaceName.isPresent()
                ? network.links()
                        .byName(interfaceName.get())
                        .orElseThrow(() -> new IllegalArgumentException(
                                "--interface: there is no interface " + interfaceName.get() + "; ip link lists them"))
                : nic(network, to, from);
        return new WayIn(nic, from.orElseGet(() -> sender(network, nic, to)));
    }

    /**
     * Chooses a sender that a listener allows: as above if it allows that one, else one of the prefixes that it allows.
     *
     * @param nics by which datagrams come in, the likeliest first
     * @param allow whose addresses may send; everybody if empty
     * @return empty if nobody but the node itself may
     * @throws IllegalArgumentException if no interface is given, and none is plain
     */
    public static Optional<WayIn> allowed(Network network, List<Link> nics, InetAddress to, List<Prefix> allow) {
        WayIn usual = choose(network, nics.stream().map(Link::name).findFirst(), to, Optional.empty());
        if (allow.isEmpty() || allow.stream().anyMatch(prefix -> prefix.contains(usual.sender))) {
            return Optional.of(usual);
        }
        Set<InetAddress> taken = taken(network.addresses().all(), to);
        return allow.stream()
                .flatMap(prefix -> free(prefix, taken).stream())
                .findFirst()
                // The reverse path filter asks where the sender is.
                .map(sender -> new WayIn(
                        linkTo(network, sender)
                                .filter(link -> nics.stream().anyMatch(nic -> nic.index() == link.index()))
                                .orElse(usual.nic),
                        sender));
    }

    private static Optional<InetAddress> free(Prefix prefix, Set<InetAddress> taken) {
        return lastFree(prefix.network(), prefix.bits(), taken)
                .or(() -> Optional.of(prefix.network()).filter(address -> !taken.contains(address)));
    }

    private static Link nic(Network network, InetAddress to, Optional<InetAddress> from) {
        boolean ipv6 = to instanceof Inet6Address;
        return from.flatMap(sender -> linkTo(network, sender))
                .or(() -> holderOf(network, to))
                .or(() -> linkTo(network, to))
                .or(() -> linkTo(network, ipv6 ? NOBODY6 : NOBODY))
                .orElseThrow(() -> new IllegalArgumentException(
                        "no interface is plain by the routes; say by which one datagrams come in, with --interface"));
    }

    private static Optional<Link> linkTo(Network network, InetAddress address) {
        return network.routes()
                .chosen(address)
                .flatMap(route -> route.linkIndex().stream().boxed().findFirst())
                .flatMap(network.links()::byIndex)
                .filter(WayIn::isOutside);
    }

    private static Optional<Link> holderOf(Network network, InetAddress address) {
        return network.addresses().all().stream()
                .filter(each -> each.address().equals(address))
                .findFirst()
                .flatMap(each -> network.links().byIndex(each.linkIndex()))
                .filter(WayIn::isOutside);
    }

    private static boolean isOutside(Link link) {
        return !link.name().equals(LOOPBACK)
                && !BEHIND_WHICH_NOBODY_IS.contains(link.kind())
                && !link.name().startsWith("dummy");
    }

    /** From the end of the subnet, where hosts are rarest; none of the node. */
    private static InetAddress sender(Network network, Link nic, InetAddress to) {
        boolean ipv6 = to instanceof Inet6Address;
        List<InterfaceAddress> addresses = network.addresses().all();
        Set<InetAddress> taken = taken(addresses, to);
        return addresses.stream()
                .filter(each -> each.linkIndex() == nic.index())
                .filter(each -> each.address() instanceof Inet6Address == ipv6
                        && !each.address().isLinkLocalAddress())
                .flatMap(each -> lastFree(each.address(), each.prefixLength(), taken).stream())
                .findFirst()
                .orElse(ipv6 ? NOBODY6 : NOBODY);
    }

    private static Set<InetAddress> taken(List<InterfaceAddress> addresses, InetAddress to) {
        Set<InetAddress> taken = new HashSet<>(Set.of(to));
        addresses.forEach(each -> taken.add(each.address()));
        return taken;
    }

    private static Optional<InetAddress> lastFree(InetAddress inside, int prefixLength, Set<InetAddress> taken) {
        byte[] bytes = inside.getAddress();
        int hostBits = bytes.length * Byte.SIZE - prefixLength;
        if (hostBits < 2) {
            return Optional.empty();
        }
        for (int i = 0; i < hostBits; i++) {
            bytes[bytes.length - 1 - i / Byte.SIZE] |= (byte) (1 << i % Byte.SIZE);
        }
        // The last address of all is IPv4's broadcast: begin with the one before.
        for (int tried = 0; tried < Math.min(MOST_TRIED, (1 << Math.min(hostBits, 7)) - 2); tried++) {
            bytes[bytes.length - 1]--;
            InetAddress candidate = address(bytes);
            if (!taken.contains(candidate)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    private static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes.clone());
        } catch (UnknownHostException e) {
            throw new AssertionError("an address of 4 or 16 bytes is always valid", e);
        }
    }
}
