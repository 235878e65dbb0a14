package dev.udpfanout.loader.trace;

import dev.udpfanout.bindings.abi.counter.DropReason;
import dev.udpfanout.loader.config.reader.SocketAddressText;
import dev.udpfanout.loader.trace.DropCauses.Cause;
import dev.udpfanout.loader.trace.Fate.Outcome;
import java.net.Inet6Address;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How one datagram ended: that of its copies which says most, a loss before an arrival before what is not known. */
final class Endings {
    private static final String DUMMY_REMEDY =
            "Is that address and port a listener's? Is the daemon alive, and are its programs on the hooks? udp-fanout"
                    + " status and udp-fanout doctor tell.";
    private static final String NAT_REMEDY =
            "Look for kube-proxy's rule: nft list ruleset or iptables-save, for the VIP; ipvsadm -Ln with IPVS.";

    private static final String LOOPBACK = "lo";

    private static final int ICMP_UNREACHABLE = 3;
    private static final int ICMP_TOO_BIG = 4;
    private static final int ICMPV6_TOO_BIG = 2;

    private final List<TraceEvent> events;
    private final Place place;
    private final DropCauses causes;

    /** @param events of one datagram, in the order of time */
    Endings(List<TraceEvent> events, Place place, DropCauses causes) {
        this.events = events;
        this.place = place;
        this.causes = causes;
    }

    /** Of a datagram that did not come in. */
    static Fate refused(Place place) {
        return Fate.lost(
                place.nic(),
                "The interface did not take it.",
                "Is it up, and is the datagram no larger than its MTU? ip link show " + place.nic());
    }

    Fate fate() {
        if (events.isEmpty()) {
            return Fate.unknown(
                    place.nic(),
                    "The interface took it, and no probe has seen it since.",
                    "The node's CPUs may be too busy: cat /proc/pressure/cpu; --wait waits longer.");
        }
        List<Fate> fates = new ArrayList<>();
        for (List<TraceEvent> life : lives()) {
            TraceEvent end = life.getLast();
            if (end.kind() != TraceEvent.Kind.FREED || !causes.isOfOtherHost(end) || lives().size() == 1) {
                fates.add(ofLife(life));
            }
        }
        return fates.stream()
                .filter(fate -> fate.outcome() == Outcome.LOST)
                .findFirst()
                .or(() -> fates.stream()
                        .filter(fate -> fate.outcome() == Outcome.DELIVERED)
                        .reduce((first, second) -> second))
                .orElseGet(() -> fates.isEmpty() ? ofLife(events) : fates.getLast());
    }

    /** The events of each packet, from its first appearance to its end; an address may be used again after that. */
    private List<List<TraceEvent>> lives() {
        List<List<TraceEvent>> lives = new ArrayList<>();
        Map<Long, List<TraceEvent>> open = new LinkedHashMap<>();
        for (TraceEvent event : events) {
            open.computeIfAbsent(event.packet(), packet -> {
                        List<TraceEvent> life = new ArrayList<>();
                        lives.add(life);
                        return life;
                    })
                    .add(event);
            if (event.kind().isEnd()) {
                open.remove(event.packet());
            }
        }
        return lives;
    }

    private Fate ofLife(List<TraceEvent> life) {
        TraceEvent end = life.getLast();
        // What an ifb or a veth has brought back in is not away.
        Optional<Fate> ledAway = life.stream()
                .filter(event -> event.kind() == TraceEvent.Kind.SENT || event.kind() == TraceEvent.Kind.RECEIVED)
                .filter(place::isHere)
                .reduce((first, second) -> second)
                .filter(event -> event.kind() == TraceEvent.Kind.SENT)
                .flatMap(this::ledAway);
        return ledAway.orElseGet(() -> ofEnd(life, end));
    }

    private Fate ofEnd(List<TraceEvent> life, TraceEvent end) {
        return switch (end.kind()) {
            case OUR_DROP -> ourDrop(end);
            case FREED -> freed(life);
            case ANSWERED -> answered(end);
            case CONSUMED -> life.size() < 2 ? arrived(end, end) : arrived(life.get(life.size() - 2), end);
            case RECEIVED, SENT, QUEUED -> arrived(end, end);
        };
    }

    private Fate ourDrop(TraceEvent end) {
        String name = place.listenerNames().apply(end.slot());
        String of = name.isEmpty() ? "" : " (listener " + name + ")";
        String label = Story.ourReason(end).map(DropReason::label).orElse("reason " + end.result());
        String meaning = Story.ourReason(end).map(DropReason::meaning).orElse("a reason of another version");
        boolean isOfSender = label.equals(DropReason.NOT_ALLOWED.label());
        return Fate.dropped(
                Story.device(end, place),
                "udp-fanout drops it" + of + ", " + label + ": " + meaning + ".",
                (isOfSender ? "Choose a sender of the listener's allow with --from, or change allow; " : "")
                        + "docs/drop-reasons.md has causes and remedies of " + label + ".",
                Story.ourReason(end));
    }

    private Fate answered(TraceEvent end) {
        int type = end.result() >> Byte.SIZE;
        int code = end.result() & 0xff;
        boolean isTooBig = isIpv6() ? type == ICMPV6_TOO_BIG : type == ICMP_UNREACHABLE && code == ICMP_TOO_BIG;
        return Fate.lost(
                Story.device(end, place),
                "udp-fanout answers it with an ICMP error, type " + type + " code " + code
                        + (isTooBig ? ": it is larger than the way to an endpoint takes." : "."),
                isTooBig ? "Send less at once, or raise the MTU; docs/drop-reasons.md has more on too_big." : "");
    }

    /** If it left the node elsewhere than where its destination is; a bridge's own ports come after the bridge. */
    private Optional<Fate> ledAway(TraceEvent at) {
        if (place.dummies().contains(at.device()) || at.device().equals(LOOPBACK)) {
            return Optional.empty();
        }
        Optional<String> belongs = place.isOwn(at)
                ? Optional.of("an address of this node")
                : place.deviceOf(at)
                        .filter(device -> !wasSentBy(events, device))
                        .map(device -> "in the network of " + device);
        return belongs.map(where -> LedAway.of(at, where, place.nic(), isRedirected(at)));
    }

    /** Whether the kernel's routes would have it leave by another interface. */
    private boolean isRedirected(TraceEvent at) {
        return at.destination()
                .flatMap(to -> place.nextHops().leavesBy(to.getAddress()))
                .filter(device -> !device.equals(at.device()))
                .isPresent();
    }

    private boolean isIpv6() {
        return place.destination().getAddress() instanceof Inet6Address;
    }

    private Fate freed(List<TraceEvent> life) {
        TraceEvent end = life.getLast();
        Cause cause = place.isHere(end) || end.namespace() == 0 ? causes.of(end) : causes.inPod(end);
        String where = Story.device(end, place) + ", " + causes.nameOf(end);
        if (place.dummies().contains(end.device()) && wasSentBy(life, end.device())) {
            return swallowed(end);
        }
        if (!place.isForwarding() && causes.isOfForwarding(end) && place.isHere(end)) {
            return Fate.lost(
                    where,
                    "The kernel does not forward what comes in by " + place.nic() + ": forwarding is off.",
                    isIpv6()
                            ? "sysctl -w net.ipv6.conf.all.forwarding=1"
                            : "sysctl -w net.ipv4.ip_forward=1; net.ipv4.conf.%s.forwarding must be 1, too"
                                    .formatted(place.nic()));
        }
        if (isAsSent(life) && causes.isOfDestination(end) && place.isHere(end)) {
            return Fate.lost(where, cause.sentence() + notTranslated(), NAT_REMEDY);
        }
        return Fate.lost(where, cause.sentence(), cause.remedyAt(end.device()));
    }

    private static boolean wasSentBy(List<TraceEvent> life, String device) {
        return life.stream()
                .anyMatch(event ->
                        event.kind() == TraceEvent.Kind.SENT && event.device().equals(device));
    }

    private Fate swallowed(TraceEvent end) {
        return Fate.lost(
                Story.device(end, place),
                "It left by " + end.device()
                        + end.destination()
                                .map(to -> " to " + SocketAddressText.write(to))
                                .orElse("")
                        + ", behind which nobody is: no program of udp-fanout took it there.",
                DUMMY_REMEDY);
    }

    /** Whether nothing on the node has changed where it goes, although the address is not the node's. */
    private boolean isAsSent(List<TraceEvent> life) {
        return !place.isDestinationOwn()
                && life.stream().allMatch(event -> event.destination()
                        .map(place.destination()::equals)
                        .orElse(true));
    }

    private String notTranslated() {
        return " It was still addressed to " + SocketAddressText.write(place.destination())
                + ", which is no address of this node: neither NAT nor a listener took it.";
    }

    /** @param at where it was last seen before it ended */
    private Fate arrived(TraceEvent at, TraceEvent end) {
        boolean isRead = at.kind() == TraceEvent.Kind.QUEUED
                || at.kind() == TraceEvent.Kind.RECEIVED && end.kind() == TraceEvent.Kind.CONSUMED;
        if (end.isFragment() && at.kind() != TraceEvent.Kind.SENT) {
            return place.isHere(at) && !isForPod(at, end)
                    ? Fate.ofFragment(Story.device(at, place))
                    : Fate.ofFragmentInPod(place.isHere(at) ? "pod" : Story.device(at, place));
        }
        if (!place.isHere(at)) {
            return Fate.delivered(
                    Story.device(at, place), "It is in the pod, and nothing has dropped it there: a socket has it.");
        }
        if (at == end && at.kind() == TraceEvent.Kind.RECEIVED) {
            Optional<String> waits = place.nextHops().reason(at.destination());
            if (waits.isPresent()) {
                return waiting(at, waits.get());
            }
        }
        if (at == end && isInQueueOfNextHop(at)) {
            return Fate.lost(
                    Story.device(at, place),
                    "It waits for a next hop that does not answer ARP or neighbour discovery"
                            + place.nextHops().unansweredInWords() + ".",
                    DropCauses.NO_NEIGHBOUR.remedy());
        }
        if (isRead && isForPod(at, end)) {
            return Fate.delivered("pod", "udp-fanout has put it straight into the pod, and a socket has read it.");
        }
        if (isRead || at.kind() == TraceEvent.Kind.RECEIVED && place.isOwn(at)) {
            if (place.sockets().isOfReceiver(at.destination(), place.nextHops().isAnyUnanswered())) {
                return Fate.delivered(
                        "node, a socket", "A process of this node has it that is not udp-fanout: the receiver.");
            }
            return Fate.unknown(
                    "node, a socket",
                    "A socket of this node has it, and nothing came out of it again.",
                    "If it is udp-fanout's own, in user space, udp-fanout status has its drops and endpoints. If it is"
                            + " the receiver's, it has arrived.");
        }
        if (at.kind() == TraceEvent.Kind.RECEIVED) {
            return Fate.unknown(
                    Story.device(at, place),
                    "It came in by " + at.device() + ", and has not been seen since.",
                    "It may wait in a queue, or for a neighbour's answer"
                            + place.nextHops().unansweredInWords() + "; --wait waits longer.");
        }
        return sent(at);
    }

    /** What udp-fanout's program has readdressed is told of again when it leaves; no socket has it meanwhile. */
    private boolean isInQueueOfNextHop(TraceEvent at) {
        return at.kind() == TraceEvent.Kind.RECEIVED
                && place.isOwn(at)
                && place.nextHops().isAnyUnanswered()
                && place.sockets().isNobodys(at.destination());
    }

    /** The kernel gives it up some seconds later, which was not waited for, or not told. */
    private Fate waiting(TraceEvent at, String why) {
        return isAsSent(events)
                ? Fate.lost(Story.device(at, place), why + notTranslated(), NAT_REMEDY)
                : Fate.lost(Story.device(at, place), why, DropCauses.NO_NEIGHBOUR.remedy());
    }

    /** Whether it was given another destination after it was last seen, which is not on the node's own network. */
    private boolean isForPod(TraceEvent at, TraceEvent end) {
        return at != end
                && at.kind() == TraceEvent.Kind.RECEIVED
                && end.destination().isPresent()
                && !end.destination().equals(at.destination())
                && !place.isOwn(end);
    }

    private Fate sent(TraceEvent at) {
        if (place.dummies().contains(at.device())) {
            return swallowed(at);
        }
        if (at.device().equals(place.nic()) && isAsSent(events)) {
            return Fate.lost(
                    at.device(),
                    "The node sent it back to the network by " + at.device() + "." + notTranslated(),
                    NAT_REMEDY);
        }
        String to = at.destination().map(SocketAddressText::write).orElse("its destination");
        return Fate.delivered(at.device(), "It left this node by " + at.device() + ", to " + to + ".");
    }
}
