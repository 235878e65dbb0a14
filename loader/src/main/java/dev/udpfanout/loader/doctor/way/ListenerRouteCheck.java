package dev.udpfanout.loader.doctor.way;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.bindings.rtnetlink.route.RouteAnswer;
import dev.udpfanout.loader.config.AddressText;
import dev.udpfanout.loader.datapath.network.Network;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.doctor.facts.NodeNetwork;
import dev.udpfanout.loader.doctor.facts.ServedListener;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Whether the kernel leads what comes in by a NIC for the listener's address to where the listener takes it: out of the
 * dummy interface, or to a socket. The kernel is asked, so that rules, VRFs and the check of the source count.
 */
public final class ListenerRouteCheck {
    private static final String CHECK = "listener_route";
    private static final int LOCAL_TABLE = 255;
    private static final int MAIN_TABLE = 254;

    private final Network network;
    private final NodeNetwork node;

    public ListenerRouteCheck(Network network, NodeNetwork node) {
        this.network = network;
        this.node = node;
    }

    /** Nothing for a listener whose program takes datagrams before they are routed. */
    public List<Diagnosis> of(ServedListener listener, Collection<InetAddress> vips) {
        InetAddress address = listener.config().bind().getAddress();
        if (!listener.isOnDummy() && !listener.isUserspace() || address.isAnyLocalAddress()) {
            return List.of();
        }
        Optional<Link> dummy =
                listener.isOnDummy() ? node.link(listener.config().interfaces().getFirst()) : Optional.empty();
        List<Diagnosis> found = new ArrayList<>();
        for (Link uplink : node.uplinks(listener.isIpv6(), vips)) {
            RouteAnswer answer = Question.ask(network, node, address, uplink);
            found.add(judge(listener, address, uplink, dummy, answer));
        }
        return found;
    }

    private Diagnosis judge(
            ServedListener listener, InetAddress address, Link uplink, Optional<Link> dummy, RouteAnswer answer) {
        String what = "what comes in by " + uplink.name() + " for " + AddressText.of(address);
        boolean isRight = listener.isUserspace()
                ? answer.isLocal()
                : dummy.map(link -> answer.isBy(link.index())).orElse(false);
        if (isRight) {
            return Diagnosis.ok(
                    CHECK,
                    what + (listener.isUserspace() ? " is delivered to this node" : " goes out of " + name(dummy)));
        }
        String look = "ip route get " + AddressText.of(address) + " from SENDER iif " + uplink.name();
        if (answer.refusal().isPresent()) {
            return refused(what, uplink, answer.refusal().get(), look);
        }
        if (answer.isLocal()) {
            return Diagnosis.problem(
                    CHECK,
                    what + " is delivered to this node, and does not go out of " + name(dummy),
                    "the programs on " + name(dummy) + " do not see it",
                    "the daemon removes the local route while it runs; by hand: ip route del local "
                            + AddressText.of(address) + " dev " + name(dummy) + " table local");
        }
        String by = answer.route()
                .flatMap(
                        route -> route.linkIndex().stream().mapToObj(node::name).findFirst())
                .orElse("nothing");
        return Diagnosis.problem(
                CHECK,
                what + " goes out of " + by + " by routing table " + answer.table(),
                "a rule or VRF comes before the route that leads to the listener",
                rule(answer.table(), look));
    }

    /** Which rule leads to a table. */
    static String rule(int table, String look) {
        return table == 0 || table == LOCAL_TABLE || table == MAIN_TABLE
                ? look
                : "ip rule list table " + table
                        + " names the rule, if it is no VRF's: ip vrf show; then ip rule del it,"
                        + " or give it a condition";
    }

    private static Diagnosis refused(String what, Link uplink, Errno why, String look) {
        if (why.symbol().equals("EXDEV")) {
            return Diagnosis.problem(
                    CHECK,
                    "the kernel takes the source of " + what + " for forged (rp_filter)",
                    "it drops it before kube-proxy sees it",
                    "sysctl -w net.ipv4.conf." + uplink.name() + ".rp_filter=2");
        }
        return Diagnosis.problem(
                CHECK,
                "the kernel refuses " + what + ": " + Question.words(why),
                "it drops it",
                look + " shows it; ip route show table all and ip rule show whose it is");
    }

    private static String name(Optional<Link> link) {
        return link.map(Link::name).orElse("the dummy interface");
    }
}
