package dev.udpfanout.loader.doctor.network;

import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.loader.config.AddressText;
import dev.udpfanout.loader.datapath.network.Network;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.doctor.diagnosis.Fix;
import dev.udpfanout.loader.doctor.facts.NodeNetwork;
import dev.udpfanout.loader.doctor.facts.ServedListener;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether the listener's interfaces are there and up, and whether the node has its address. */
public final class InterfaceCheck {
    private static final String CHECK = "interface";

    private InterfaceCheck() {}

    public static List<Diagnosis> of(ServedListener listener, NodeNetwork network) {
        List<Diagnosis> found = new ArrayList<>();
        if (listener.interfaces().isEmpty()) {
            found.add(Diagnosis.notChecked(
                    CHECK,
                    "the daemon names no interface that it has found for " + listener.name(),
                    "udp-fanout status on the node lists those that it has found, and why"));
        }
        for (String name : listener.interfaces()) {
            found.add(network.link(name)
                    .map(InterfaceCheck::state)
                    .orElseGet(() -> Diagnosis.problem(
                            CHECK,
                            "there is no interface " + name,
                            "no datagram comes by it",
                            listener.isOnDummy()
                                    ? "the daemon makes it: look at its log; by hand: udp-fanout setup-dummy"
                                    : "correct interface of the listener; ip -brief link shows those that there are")));
        }
        address(listener, network).ifPresent(found::add);
        return found;
    }

    private static Diagnosis state(Link link) {
        if (!link.up()) {
            return Diagnosis.problem(
                            CHECK,
                            link.name() + " is down",
                            "no datagram comes by it",
                            "ip link set " + link.name() + " up")
                    .with(new Fix("set " + link.name() + " up", () -> setUp(link)));
        }
        return link.lowerUp()
                ? Diagnosis.ok(CHECK, link.name() + " is up, MTU " + link.mtu())
                : Diagnosis.problem(
                        CHECK,
                        link.name() + " has no carrier",
                        "no datagram comes by it",
                        "look at the cable, or at the other end of a veth pair: ip -details link show " + link.name());
    }

    private static void setUp(Link link) {
        try (Network network = Network.open()) {
            network.links().setUp(link.index());
        }
    }

    /** A VIP is assigned nowhere, and a wildcard stands for all addresses. */
    private static Optional<Diagnosis> address(ServedListener listener, NodeNetwork network) {
        InetAddress bind = listener.config().bind().getAddress();
        if (listener.config().vipDirect() || bind.isAnyLocalAddress()) {
            return Optional.empty();
        }
        Optional<Link> dummy =
                listener.isOnDummy() ? network.link(listener.interfaces().getFirst()) : Optional.empty();
        String text = AddressText.of(bind);
        if (network.isAssigned(bind, dummy)) {
            return Optional.of(Diagnosis.ok("address", text + " is assigned"));
        }
        return Optional.of(
                listener.isOnDummy()
                        ? Diagnosis.problem(
                                "address",
                                text + " is not on " + listener.interfaces().getFirst(),
                                "the kernel does not take it for this node's, and the daemon puts it back unless it fails to",
                                "ip address add " + text + "/" + bind.getAddress().length * Byte.SIZE + " dev "
                                        + listener.interfaces().getFirst())
                        : Diagnosis.problem(
                                "address",
                                "no interface of this node has " + text,
                                "no datagram to it comes here",
                                "correct bind of the listener; ip -brief address shows those that there are"));
    }
}
