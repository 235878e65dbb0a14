package dev.udpfanout.loader.doctor.network;

import dev.udpfanout.bindings.rtnetlink.link.Link;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The interfaces that a received frame passes before it is on an interface: the card beneath a VLAN, macvlan or ipvlan,
 * the cards of a bond or team, the ports of a bridge that lead to the network. Pure.
 */
final class Beneath {
    /** The ports of these lead to the network, whatever they are. */
    private static final Set<String> BUNDLES = Set.of("bond", "team");

    private static final String BRIDGE = "bridge";
    /** A port of a bridge that leads to a pod or a virtual machine of this node. */
    private static final Set<String> INWARD = Set.of("veth", "tun");

    private Beneath() {}

    /**
     * An interface, and how frames are there.
     *
     * @param vlan the tag that they have there; empty if none
     */
    record Place(Link link, OptionalInt vlan) {}

    /** Those of the way, and all that is beneath them, each once. */
    static List<Place> of(Collection<Link> ofWay, List<Link> all) {
        List<Place> found = new ArrayList<>();
        Set<Integer> seen = new HashSet<>();
        Deque<Place> open = new ArrayDeque<>();
        ofWay.forEach(link -> open.add(new Place(link, OptionalInt.empty())));
        while (!open.isEmpty()) {
            Place place = open.remove();
            if (seen.add(place.link().index())) {
                found.add(place);
                all.stream()
                        .filter(each -> isPort(place.link(), each))
                        .forEach(port -> open.add(new Place(port, place.vlan())));
                place.link().lower().ifPresent(lower -> all.stream()
                        .filter(each -> each.index() == lower.index())
                        .forEach(card ->
                                open.add(new Place(card, lower.vlan().isPresent() ? lower.vlan() : place.vlan()))));
            }
        }
        return found;
    }

    private static boolean isPort(Link of, Link port) {
        return port.master().orElse(0) == of.index()
                && (BUNDLES.contains(of.kind()) || of.kind().equals(BRIDGE) && !INWARD.contains(port.kind()));
    }
}
