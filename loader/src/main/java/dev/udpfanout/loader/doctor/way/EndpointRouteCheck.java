package dev.udpfanout.loader.doctor.way;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.bindings.rtnetlink.route.ChosenRoute;
import dev.udpfanout.bindings.rtnetlink.route.Route;
import dev.udpfanout.bindings.rtnetlink.route.RouteAnswer;
import dev.udpfanout.bindings.rtnetlink.route.RouteQuestion;
import dev.udpfanout.bindings.rtnetlink.route.RouteType;
import dev.udpfanout.loader.config.AddressText;
import dev.udpfanout.loader.config.ListenerConfig.Hook;
import dev.udpfanout.loader.config.Prefix;
import dev.udpfanout.loader.datapath.network.Network;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.doctor.facts.NodeFiles;
import dev.udpfanout.loader.doctor.facts.NodeNetwork;
import dev.udpfanout.loader.doctor.facts.ServedListener;
import dev.udpfanout.loader.doctor.facts.ServedListener.Receiver;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Whether the kernel leads a listener's datagrams to each receiver: asked as the program asks it (by the interface that
 * the datagram comes in by), or, for user space, as for a datagram of this node.
 */
public final class EndpointRouteCheck {
    private static final String CHECK = "endpoint_route";
    /** Of as many receivers; the others are alike. */
    static final int MAX_RECEIVERS = 64;

    private final Network network;
    private final NodeNetwork node;
    private final NodeFiles files;

    public EndpointRouteCheck(Network network, NodeNetwork node, NodeFiles files) {
        this.network = network;
        this.node = node;
        this.files = files;
    }

    public List<Diagnosis> of(ServedListener listener, Collection<InetAddress> vips) {
        List<Link> in = incoming(listener, vips);
        List<Diagnosis> found = new ArrayList<>();
        for (Receiver receiver :
                listener.receivers().stream().limit(MAX_RECEIVERS).toList()) {
            found.add(in.isEmpty() ? judge(receiver, output(receiver), Optional.empty()) : of(receiver, in));
        }
        return found;
    }

    /** By which interfaces the kernel's program says that a datagram comes in: uf_find_next_hop of next_hop.h. */
    private List<Link> incoming(ServedListener listener, Collection<InetAddress> vips) {
        if (listener.isUserspace()) {
            return List.of();
        }
        if (listener.isOnDummy() && listener.config().hook() == Hook.EGRESS) {
            return node.uplinks(listener.isIpv6(), vips);
        }
        return listener.interfaces().stream()
                .flatMap(name -> node.link(name).stream())
                .toList();
    }

    private Diagnosis of(Receiver receiver, List<Link> in) {
        InetAddress address = receiver.address().getAddress();
        Diagnosis last = null;
        for (Link link : in) {
            RouteAnswer answer = Question.ask(network, node, address, link);
            // The program does not have the source checked, and an interface without a network has no senders.
            boolean isSourceRefused =
                    answer.refusal().filter(why -> why.symbol().equals("EXDEV")).isPresent();
            last = judge(receiver, isSourceRefused ? output(receiver) : answer, Optional.of(link));
            if (last.isBad()) {
                return last;
            }
        }
        return last;
    }

    private RouteAnswer output(Receiver receiver) {
        return network.routes().ask(RouteQuestion.from(receiver.address().getAddress()));
    }

    private Diagnosis judge(Receiver receiver, RouteAnswer answer, Optional<Link> in) {
        String address = AddressText.of(receiver.address().getAddress());
        String look = "ip route get " + address
                + in.map(link -> " from SENDER iif " + link.name()).orElse("");
        if (answer.refusal().isPresent()) {
            return refused(receiver, answer.refusal().get(), look);
        }
        ChosenRoute chosen = answer.route().orElseThrow();
        String by = chosen.linkIndex().stream().mapToObj(node::name).findFirst().orElse("no interface");
        if (chosen.type() == RouteType.LOCAL) {
            return Diagnosis.ok(CHECK, receiver.label() + " is on this node's own network");
        }
        Optional<Route> ofMain = bestOfMain(receiver.address().getAddress());
        boolean isShadowed = answer.table() != 0
                && answer.table() != Route.MAIN_TABLE
                && ofMain.filter(route -> !route.linkIndex().equals(chosen.linkIndex()))
                        .isPresent();
        if (isShadowed) {
            return Diagnosis.problem(
                    CHECK,
                    "datagrams for " + receiver.label() + " go out of " + by + " by routing table " + answer.table()
                            + "; table main has a route by "
                            + node.name(ofMain.get().linkIndex().orElse(0)),
                    "a rule or VRF leads them away from the receiver",
                    ListenerRouteCheck.rule(answer.table(), look));
        }
        return Diagnosis.ok(
                CHECK,
                receiver.label() + " is reached by " + by
                        + chosen.gateway()
                                .map(router -> " over " + AddressText.of(router))
                                .orElse(""));
    }

    private Diagnosis refused(Receiver receiver, Errno why, String look) {
        Optional<Link> down = node.downLinkOf(receiver.address().getAddress());
        if (down.isPresent()) {
            return Diagnosis.problem(
                    CHECK,
                    down.get().name() + ", in whose network " + receiver.label() + " is, is down",
                    "the kernel has no route by an interface that is down",
                    "ip link set " + down.get().name() + " up");
        }
        Optional<Link> withoutIpv6 =
                receiver.address().getAddress() instanceof Inet6Address ? linkWithoutIpv6() : Optional.empty();
        if (withoutIpv6.isPresent()) {
            String name = withoutIpv6.get().name();
            return Diagnosis.problem(
                    CHECK,
                    "the kernel has no way to " + receiver.label() + ", and IPv6 is off on " + name,
                    "the kernel deletes an interface's IPv6 addresses and routes when IPv6 is turned off there",
                    "sysctl -w net/ipv6/conf/" + name + "/disable_ipv6=0, then give " + name
                            + " its IPv6 addresses and routes again");
        }
        String blocking = node.routes().stream()
                .filter(route -> route.type() == RouteType.BLACKHOLE
                        || route.type() == RouteType.UNREACHABLE
                        || route.type() == RouteType.PROHIBIT)
                .filter(route -> new Prefix(route.destination(), route.prefixLength())
                        .contains(receiver.address().getAddress()))
                .filter(route -> !isLinkLess(route))
                .map(EndpointRouteCheck::removal)
                .findFirst()
                .orElse(look + " shows it; ip route show table all and ip rule show whose it is");
        return Diagnosis.problem(
                CHECK,
                "the kernel has no way to " + receiver.label() + ": " + Question.words(why),
                "what is sent there is dropped",
                blocking);
    }

    /** Ports of a bridge have no addresses anyway. */
    private Optional<Link> linkWithoutIpv6() {
        return node.links().stream()
                .filter(link -> link.up() && !link.isLoopback() && link.master().isEmpty())
                .filter(link -> files.setting("ipv6/conf/" + link.name() + "/disable_ipv6")
                                .orElse(0)
                        == 1)
                .findFirst();
    }

    /** The kernel's own last answer for IPv6: ip6_null_entry. */
    private static boolean isLinkLess(Route route) {
        return route.prefixLength() == 0 && route.priority() == -1;
    }

    private static String removal(Route route) {
        return "ip route del " + route.type().name().toLowerCase(java.util.Locale.ROOT) + " "
                + AddressText.of(route.destination()) + "/" + route.prefixLength()
                + (route.table() == Route.MAIN_TABLE ? "" : " table " + route.table());
    }

    /** A default route does not say that a receiver is there. */
    private Optional<Route> bestOfMain(InetAddress address) {
        return node.routes().stream()
                .filter(route -> route.table() == Route.MAIN_TABLE && route.prefixLength() > 0)
                .filter(route ->
                        route.type() == RouteType.UNICAST && route.linkIndex().isPresent())
                .filter(route -> new Prefix(route.destination(), route.prefixLength()).contains(address))
                .max(Comparator.comparingInt(Route::prefixLength));
    }
}
