package dev.udpfanout.loader.interception;

import dev.udpfanout.bindings.rtnetlink.link.Link;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The links of a node, as far as it matters where a program sees datagrams. Pure. */
final class NodeLinks {
    private static final String BRIDGE = "bridge";

    /** Kinds of which one end is in a pod. */
    private static final Set<String> POD_ENDS = Set.of("veth", "netkit");

    /** Kinds whose ports are no interfaces of IP's: what comes in by a port comes in by the master. */
    private static final Set<String> AGGREGATES = Set.of("bond", "team");

    private final Map<Integer, Link> byIndex;
    private final IntPredicate filters;

    /** @param filters whether the netfilter of a bridge calls IP's, by the bridge's index */
    NodeLinks(Collection<Link> links, IntPredicate filters) {
        this.byIndex =
                links.stream().collect(Collectors.toMap(Link::index, Function.identity(), (first, second) -> second));
        this.filters = filters;
    }

    Stream<Link> all() {
        return byIndex.values().stream();
    }

    Stream<Link> of(Collection<Integer> indexes) {
        return indexes.stream().filter(byIndex::containsKey).map(byIndex::get);
    }

    /** Whether it is the node's end of a pair whose other end is in another network namespace. */
    static boolean isPodEnd(Link link) {
        return POD_ENDS.contains(link.kind()) && link.peerNamespace().isPresent();
    }

    /** The bridge that it is a port of, as its index; 0 if it is none. */
    int bridgeOf(Link link) {
        return link.master().stream()
                .filter(master -> byIndex.containsKey(master)
                        && byIndex.get(master).kind().equals(BRIDGE))
                .findFirst()
                .orElse(0);
    }

    String name(int index) {
        return byIndex.get(index).name();
    }

    /** Whether it is a bridge whose netfilter changes destinations before the bridge itself sees them. */
    boolean isFilteringBridge(Link link) {
        return link.kind().equals(BRIDGE) && filters.test(link.index());
    }

    List<Link> ports(Link bridge) {
        return all().filter(link -> bridgeOf(link) == bridge.index()).toList();
    }

    /** Whether it is a port of a bond that is among these: there each of its packets is seen again. */
    boolean isSeenAgainBy(Link link, Set<Integer> others) {
        return link.master().stream()
                .anyMatch(master -> others.contains(master)
                        && byIndex.containsKey(master)
                        && AGGREGATES.contains(byIndex.get(master).kind()));
    }
}
