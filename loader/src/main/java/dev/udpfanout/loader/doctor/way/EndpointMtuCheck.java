package dev.udpfanout.loader.doctor.way;

import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.bindings.rtnetlink.route.ChosenRoute;
import dev.udpfanout.bindings.rtnetlink.route.RouteQuestion;
import dev.udpfanout.bindings.rtnetlink.route.RouteType;
import dev.udpfanout.loader.config.AddressText;
import dev.udpfanout.loader.datapath.network.Network;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.doctor.facts.NodeNetwork;
import dev.udpfanout.loader.doctor.facts.ServedListener;
import dev.udpfanout.loader.doctor.facts.ServedListener.Receiver;
import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Whether all that fits the senders' way to this node fits the way to each receiver. That an overlay's interface has a
 * smaller MTU is usual, and the listener's senders learn it; that one receiver's way, or a route, has one is not.
 */
public final class EndpointMtuCheck {
    private static final String CHECK = "endpoint_mtu";

    private final Network network;
    private final NodeNetwork node;

    public EndpointMtuCheck(Network network, NodeNetwork node) {
        this.network = network;
        this.node = node;
    }

    /** Nothing if no receiver has a bound. */
    public Optional<Diagnosis> of(ServedListener listener, Collection<InetAddress> vips) {
        Map<Integer, List<Receiver>> byMtu = listener.receivers().stream()
                .limit(EndpointRouteCheck.MAX_RECEIVERS)
                .filter(receiver -> mtu(receiver).isPresent())
                .collect(
                        Collectors.groupingBy(receiver -> mtu(receiver).getAsInt(), TreeMap::new, Collectors.toList()));
        if (byMtu.isEmpty()) {
            return Optional.empty();
        }
        int least = byMtu.keySet().iterator().next();
        List<Receiver> narrowest = byMtu.get(least);
        int ofLink = linkMtu(narrowest.getFirst()).orElse(least);
        int ofSenders = node.uplinks(listener.isIpv6(), vips).stream()
                .mapToInt(Link::mtu)
                .max()
                .orElse(least);
        if (least < ofSenders && (byMtu.size() > 1 || least < ofLink)) {
            return Optional.of(Diagnosis.warning(
                    CHECK,
                    "the way to " + narrowest.getFirst().label() + " takes packets of up to " + least
                            + " bytes, that of senders up to " + ofSenders,
                    "larger datagrams are cut, or refused with the size that fits; one that does not learn it loses them",
                    "udp-fanout trace --to VIP:PORT --size BYTES shows what becomes of a large one; ip route get "
                            + AddressText.of(narrowest.getFirst().address().getAddress())
                            + " shows the cause: mtu of the route, or ip route flush cache for one that was learnt"));
        }
        return Optional.of(Diagnosis.ok(
                CHECK,
                least < ofSenders
                        ? "all ways to receivers take packets of " + least + " bytes, that of senders " + ofSenders
                                + "; senders are told"
                        : "what fits the senders' way fits the way to each receiver: " + least + " bytes"));
    }

    private Optional<ChosenRoute> route(Receiver receiver) {
        return network.routes()
                .ask(RouteQuestion.from(receiver.address().getAddress()))
                .route()
                .filter(route -> route.type() == RouteType.UNICAST);
    }

    private OptionalInt mtu(Receiver receiver) {
        OptionalInt ofLink = linkMtu(receiver);
        return route(receiver)
                .map(route -> route.mtuBytes().isPresent()
                        ? OptionalInt.of(Math.min(
                                route.mtuBytes().getAsInt(),
                                ofLink.orElse(route.mtuBytes().getAsInt())))
                        : ofLink)
                .orElse(OptionalInt.empty());
    }

    private OptionalInt linkMtu(Receiver receiver) {
        return route(receiver)
                .flatMap(route -> node.links().stream()
                        .filter(link -> route.linkIndex().equals(OptionalInt.of(link.index())))
                        .findFirst())
                .map(link -> OptionalInt.of(link.mtu()))
                .orElse(OptionalInt.empty());
    }
}
