package dev.udpfanout.loader.trace.node;

import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.bindings.rtnetlink.neighbour.NeighbourState;
import dev.udpfanout.bindings.rtnetlink.route.ChosenRoute;
import dev.udpfanout.bindings.rtnetlink.route.RouteQuestion;
import dev.udpfanout.bindings.rtnetlink.route.RouteType;
import dev.udpfanout.loader.config.AddressText;
import dev.udpfanout.loader.datapath.network.Network;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Which next hops do not answer ARP or neighbour discovery. The kernel keeps packets for them for some seconds, and
 * drops them then: that is told, but only if one waits as long.
 *
 * @param unanswered a next hop each, as {@code "10.42.0.11 on cni0"}
 * @param waitsFor that of a destination, if it does not answer
 * @param outOf the name of the interface by which the routes lead to a destination; empty if they do not
 */
public record NextHops(
        List<String> unanswered,
        Function<InetAddress, Optional<String>> waitsFor,
        Function<InetAddress, Optional<String>> outOf) {
    private static final int EXAMPLES = 3;

    /** Those of the calling thread's network namespace, by the routes of what comes in by a link from a sender. */
    public static NextHops of(Network network, InetAddress sender, int incomingLink) {
        List<NeighbourState> states = network.neighbours().states().stream()
                .filter(NeighbourState::isUnanswered)
                .toList();
        Function<InetAddress, Optional<String>> waitsFor = destination -> states.isEmpty()
                ? Optional.empty()
                : network.routes()
                        .ask(RouteQuestion.comingIn(destination, sender, incomingLink))
                        .route()
                        .filter(route -> route.type() == RouteType.UNICAST)
                        .flatMap(route -> states.stream()
                                .filter(state -> isOf(state, route, destination))
                                .map(state -> words(network, state))
                                .findFirst());
        Function<InetAddress, Optional<String>> outOf = destination -> network.routes()
                .ask(RouteQuestion.comingIn(destination, sender, incomingLink))
                .route()
                .flatMap(route -> route.linkIndex().stream().boxed().findFirst())
                .flatMap(network.links()::byIndex)
                .map(Link::name);
        return new NextHops(states.stream().map(state -> words(network, state)).toList(), waitsFor, outOf);
    }

    private static boolean isOf(NeighbourState state, ChosenRoute route, InetAddress destination) {
        return route.linkIndex().orElse(0) == state.linkIndex()
                && state.address().equals(route.gateway().orElse(destination));
    }

    private static String words(Network network, NeighbourState state) {
        return AddressText.of(state.address())
                + network.links()
                        .byIndex(state.linkIndex())
                        .map(link -> " on " + link.name())
                        .orElse("");
    }

    /** Why what is addressed so waits, as a sentence; empty if its next hop answers. */
    public Optional<String> reason(Optional<InetSocketAddress> destination) {
        return destination
                .map(InetSocketAddress::getAddress)
                .flatMap(waitsFor)
                .map(hop ->
                        "It waits for the next hop, " + hop + ", which does not answer ARP or neighbour discovery.");
    }

    /** By which interface the routes lead to a destination what comes in; empty if they do not. */
    public Optional<String> leavesBy(InetAddress destination) {
        return outOf.apply(destination);
    }

    public boolean isAnyUnanswered() {
        return !unanswered.isEmpty();
    }

    /** {@code " (nobody answers for 10.42.0.11 on cni0)"}; or how to see them. */
    public String unansweredInWords() {
        return unanswered.isEmpty()
                ? " (ip neigh show)"
                : " (nobody answers for " + unanswered.stream().limit(EXAMPLES).collect(Collectors.joining(", ")) + ")";
    }
}
