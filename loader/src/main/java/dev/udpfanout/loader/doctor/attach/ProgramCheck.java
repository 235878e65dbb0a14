package dev.udpfanout.loader.doctor.attach;

import dev.udpfanout.bindings.libbpf.HookPoint;
import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.loader.config.AddressText;
import dev.udpfanout.loader.config.ListenerConfig.Hook;
import dev.udpfanout.loader.datapath.kernel.attach.HookOrder;
import dev.udpfanout.loader.datapath.kernel.attach.HookOrder.Occupant;
import dev.udpfanout.loader.datapath.kernel.attach.SampleDatagram;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import dev.udpfanout.loader.datapath.network.Network;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.doctor.facts.NodeNetwork;
import dev.udpfanout.loader.doctor.facts.ServedListener;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Whether our programs are on the listener's hooks, and who is before them. Each program of others is given a datagram
 * for the listener (BPF_PROG_TEST_RUN of bpf(2)), to see whether it lets it pass.
 */
public final class ProgramCheck {
    private static final String CHECK = "program";
    private static final String TEST_RUN_REFUSED =
            "this process may not try it out (that takes CAP_SYS_ADMIN), or it is no eBPF program";

    private final Network network;
    private final NodeNetwork node;
    private final Optional<Pins> pins;

    /** @param pins where the daemon's links are */
    public ProgramCheck(Network network, NodeNetwork node, Optional<Pins> pins) {
        this.network = network;
        this.node = node;
        this.pins = pins;
    }

    /**
     * @param vips where the listener's senders send to, as far as that is known
     * @return nothing for a listener in user space that needs no program
     */
    public List<Diagnosis> of(ServedListener listener, Collection<InetSocketAddress> vips) {
        List<Diagnosis> found = new ArrayList<>();
        if (listener.isOnDummy() || listener.isUserspace()) {
            found.addAll(onUplinks(listener, vips));
        }
        if (listener.isUserspace()) {
            return found;
        }
        for (String name : listener.interfaces()) {
            Optional<Link> link = node.link(name);
            if (link.isPresent()) {
                for (HookPoint hook : hooks(listener)) {
                    found.add(ofHook(link.get(), hook, sample(listener, link.get(), vips)));
                }
            }
        }
        return found;
    }

    /** Whether the kernel serves all listeners, and these findings say that its programs are on all their hooks. */
    public static boolean areAttached(List<ServedListener> listeners, List<Diagnosis> found) {
        List<Diagnosis> ofHooks =
                found.stream().filter(each -> each.check().equals(CHECK)).toList();
        return !listeners.isEmpty()
                && listeners.stream()
                        .allMatch(listener -> !listener.isUserspace()
                                && ofHooks.stream()
                                        .anyMatch(each -> each.listener().equals(listener.name())))
                && ofHooks.stream().noneMatch(each -> each.result() == Diagnosis.Result.PROBLEM);
    }

    private static List<HookPoint> hooks(ServedListener listener) {
        if (!listener.isOnDummy()) {
            return List.of(HookPoint.INGRESS);
        }
        return listener.config().hook() == Hook.EGRESS
                ? List.of(HookPoint.EGRESS)
                : List.of(HookPoint.EGRESS, HookPoint.INGRESS);
    }

    private byte[] sample(ServedListener listener, Link link, Collection<InetSocketAddress> vips) {
        if (listener.config().vipDirect() && !vips.isEmpty()) {
            return SampleDatagram.to(vips.iterator().next());
        }
        InetAddress own = node.address(link, listener.isIpv6())
                .orElse(listener.config().bind().getAddress());
        return SampleDatagram.to(SampleDatagram.placeOf(listener.config().bind(), own));
    }

    private Diagnosis ofHook(Link link, HookPoint hook, byte[] sample) {
        HookOrder order = HookOrder.read(network, link.index(), link.name(), hook, pins);
        String place = link.name() + " " + hook;
        Optional<Occupant> ours = order.ours();
        if (ours.isEmpty()) {
            return Diagnosis.problem(
                    CHECK,
                    "no program of udp-fanout is attached at " + place,
                    "the datagrams pass it by",
                    "the daemon attaches it within seconds: udp-fanout status and its log say why it does not");
        }
        List<String> unknown = new ArrayList<>();
        for (Occupant other : order.before()) {
            OptionalInt verdict = other.verdictOn(sample, link.index());
            if (verdict.isEmpty()) {
                unknown.add(other.toString());
            } else if (HookOrder.endsChain(verdict.getAsInt())) {
                return Diagnosis.problem(
                        CHECK,
                        other + " runs before ours at " + place + " and ends the datagram's way there",
                        "no datagram gets to udp-fanout",
                        removal(other, link, hook));
            }
        }
        return unknown.isEmpty()
                ? Diagnosis.ok(
                        CHECK,
                        ours.get() + " is attached at " + place + " by "
                                + ours.get().method())
                : Diagnosis.warning(
                        CHECK,
                        String.join(", ", unknown) + " run(s) before ours at " + place + "; " + TEST_RUN_REFUSED,
                        "if it drops or accepts datagrams, udp-fanout does not see them",
                        "udp-fanout trace --to VIP:PORT shows whether it does; if so, have it run later, or order: first of the"
                                + " listener");
    }

    /** What comes in by a NIC meets programs there before the stack, kube-proxy and sockets see it. */
    private List<Diagnosis> onUplinks(ServedListener listener, Collection<InetSocketAddress> vips) {
        InetSocketAddress to =
                vips.stream().findFirst().orElse(listener.config().bind());
        List<InetAddress> addresses =
                vips.stream().map(InetSocketAddress::getAddress).toList();
        List<Diagnosis> found = new ArrayList<>();
        for (Link link : node.uplinks(listener.isIpv6(), addresses)) {
            InetAddress own = node.address(link, listener.isIpv6()).orElse(to.getAddress());
            byte[] sample = SampleDatagram.to(SampleDatagram.placeOf(to, own));
            HookOrder order = HookOrder.read(network, link.index(), link.name(), HookPoint.INGRESS, pins);
            String place = link.name() + " " + HookPoint.INGRESS;
            Optional<Occupant> taker = order.occupants().stream()
                    .filter(each -> !each.isOurs())
                    .filter(each -> HookOrder.takesAway(
                            each.verdictOn(sample, link.index()).orElse(0)))
                    .findFirst();
            found.add(taker.map(other -> Diagnosis.problem(
                            "uplink_program",
                            other + " at " + place + " takes datagrams to " + AddressText.of(to.getAddress()) + " port "
                                    + to.getPort() + " away",
                            "they get neither to kube-proxy nor to udp-fanout",
                            removal(other, link, HookPoint.INGRESS)))
                    .orElseGet(() -> Diagnosis.ok("uplink_program", "nobody at " + place + " takes datagrams away")));
        }
        return found;
    }

    private static String removal(Occupant other, Link link, HookPoint hook) {
        return other.filter()
                .map(filter -> "ask whose it is; it goes by: tc filter del dev " + link.name() + " " + hook + " pref "
                        + filter.priority())
                .orElse("ask whose it is: bpftool prog show id "
                        + other.program().id() + "; bpftool net show dev " + link.name());
    }
}
