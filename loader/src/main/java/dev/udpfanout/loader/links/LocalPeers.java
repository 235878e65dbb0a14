package dev.udpfanout.loader.links;

import dev.udpfanout.bindings.rtnetlink.link.Link;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Which addresses are in a pod on this node behind a veth of its own, and what it takes to get there. Pure; for one
 * thread.
 *
 * <p>What goes straight into a pod passes neither the bridge nor the neighbour's entry, so these age and are forgotten
 * although nothing has changed. What was known of an address therefore stays, until its veth is gone or down, or the
 * tables say something else.
 */
public final class LocalPeers {
    private static final String VETH = "veth";
    private static final int ETHERNET = 1; // ARPHRD_ETHER of linux/if_arp.h

    private final Map<InetAddress, LocalPeer> known = new HashMap<>();
    private Set<InetAddress> targets = Set.of();

    /** Which addresses to know about from now on. */
    public void targets(Set<InetAddress> addresses) {
        targets = Set.copyOf(addresses);
        known.keySet().retainAll(targets);
    }

    /**
     * Takes in what the kernel holds.
     *
     * @return the way to each target that has one; immutable
     */
    public Map<InetAddress, LocalPeer> tables(NetworkTables tables) {
        if (targets.isEmpty()) {
            return Map.of();
        }
        LocalLinks reach = new LocalLinks(tables);
        Map<Integer, Link> links = tables.links().stream()
                .collect(Collectors.toMap(Link::index, Function.identity(), (first, second) -> second));
        for (InetAddress address : targets) {
            peer(address, reach, links).ifPresentOrElse(peer -> known.put(address, peer), () -> known.remove(address));
        }
        return ofOneHostEach(known);
    }

    /**
     * Leaves out the veths behind which there is more than one host, since the program knows one hardware address a
     * veth.
     */
    private static Map<InetAddress, LocalPeer> ofOneHostEach(Map<InetAddress, LocalPeer> peers) {
        Map<Integer, Set<LocalPeer>> hosts =
                peers.values().stream().collect(Collectors.groupingBy(LocalPeer::ifindex, Collectors.toSet()));
        return peers.entrySet().stream()
                .filter(entry -> hosts.get(entry.getValue().ifindex()).size() == 1)
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private Optional<LocalPeer> peer(InetAddress address, LocalLinks reach, Map<Integer, Link> links) {
        Optional<LocalPeer> before = Optional.ofNullable(known.get(address));
        return switch (reach.of(address)) {
            case Reach.ByLink by
            when by.alone() ->
                peer(links.get(by.index()), links, gateway -> reach.hardwareAddress(gateway, address)
                        .or(() -> before.filter(peer -> peer.ifindex() == by.index())
                                .map(LocalPeer::hardwareAddress)));
            // A node's NIC may be a veth as well, where the node is a container; what is there is no pod of this node.
            case Reach.ByLink shared -> Optional.empty();
            // The bridge has forgotten the pod. As long as nobody else has the address, it is where it was.
            case Reach.BehindBridge bridge ->
                before.filter(peer -> reach.hardwareAddress(bridge.index(), address)
                                .map(peer.hardwareAddress()::equals)
                                .orElse(true))
                        .filter(peer -> isPortOf(links.get(peer.ifindex()), bridge.index()))
                        .flatMap(peer ->
                                peer(links.get(peer.ifindex()), links, gateway -> Optional.of(peer.hardwareAddress())));
            case Reach.Elsewhere elsewhere -> Optional.empty();
        };
    }

    private static boolean isPortOf(Link link, int bridge) {
        return link != null && link.master().equals(OptionalInt.of(bridge));
    }

    /** @param hardwareAddress the pod's, by the index of the link at which its neighbour's entry is */
    private static Optional<LocalPeer> peer(
            Link veth, Map<Integer, Link> links, Function<Integer, Optional<String>> hardwareAddress) {
        if (veth == null || !leadsIntoAnotherNamespace(veth)) {
            return Optional.empty();
        }
        Link gateway = veth.master().isPresent() ? links.get(veth.master().getAsInt()) : veth;
        if (gateway == null || gateway.hardwareType() != ETHERNET) {
            return Optional.empty();
        }
        return hardwareAddress
                .apply(gateway.index())
                .map(address -> new LocalPeer(veth.index(), veth.mtu(), address, gateway.hardwareAddress()));
    }

    private static boolean leadsIntoAnotherNamespace(Link link) {
        return link.kind().equals(VETH)
                && link.peerNamespace().isPresent()
                && link.hardwareType() == ETHERNET
                && link.up()
                && link.lowerUp();
    }
}
