package dev.udpfanout.loader.doctor.way;

import dev.udpfanout.bindings.abi.counter.DropReason;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.loader.config.reader.SocketAddressText;
import dev.udpfanout.loader.datapath.network.Network;
import dev.udpfanout.loader.doctor.diagnosis.Diagnosis;
import dev.udpfanout.loader.doctor.facts.NodeNetwork;
import dev.udpfanout.loader.doctor.facts.ServedListener;
import dev.udpfanout.loader.trace.Fate;
import dev.udpfanout.loader.trace.Fate.Outcome;
import dev.udpfanout.loader.trace.SocketOwners;
import dev.udpfanout.loader.trace.TraceNeeds;
import dev.udpfanout.loader.trace.TracePlan;
import dev.udpfanout.loader.trace.TraceReport;
import dev.udpfanout.loader.trace.Tracer;
import dev.udpfanout.loader.trace.WayIn;
import dev.udpfanout.loader.trace.rules.RuleRemoval;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/**
 * What becomes of test datagrams to a listener: the kernel's own probes follow some, as {@code udp-fanout trace} does.
 * It says that something is wrong which no other check knows of, and which rule of a packet filter has counted them.
 */
public final class TestDatagramCheck {
    public static final String CHECK = "test_datagram";

    private static final int PAYLOAD_BYTES = 64;
    /** Receivers take turns; a few are enough. */
    private static final int MAX_DATAGRAMS = 4;

    /** So many rules of packet filters are named. */
    private static final int EXAMPLES = 5;

    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Network network;
    private final NodeNetwork node;
    private final IntFunction<String> listenerNames;
    private final SocketOwners sockets;

    /**
     * What was found.
     *
     * @param moved rules of packet filters that drop, and have counted something meanwhile, in words
     */
    public record Answer(Diagnosis diagnosis, List<String> moved) {}

    /** @param listenerNames a listener's name by its slot */
    public TestDatagramCheck(
            Network network, NodeNetwork node, IntFunction<String> listenerNames, SocketOwners sockets) {
        this.network = network;
        this.node = node;
        this.listenerNames = listenerNames;
        this.sockets = sockets;
    }

    /** Nothing for a listener of which nobody knows where its senders send to. */
    public Optional<Answer> of(ServedListener listener, Collection<InetSocketAddress> vips) {
        return listener.sentTo(node, vips).map(to -> of(listener, to, vips));
    }

    private Answer of(ServedListener listener, InetSocketAddress to, Collection<InetSocketAddress> vips) {
        String place = SocketAddressText.write(to);
        String command = "udp-fanout trace --to " + place;
        try {
            int count = Math.clamp(listener.receivers().size(), 1, MAX_DATAGRAMS);
            List<InetAddress> addresses =
                    vips.stream().map(InetSocketAddress::getAddress).toList();
            Optional<WayIn> wayIn = WayIn.allowed(
                    network,
                    listener.incoming(node, addresses),
                    to.getAddress(),
                    listener.config().admission().allow());
            if (wayIn.isEmpty()) {
                return new Answer(
                        Diagnosis.notChecked(CHECK, "the listener allows no sender but this node", command), List.of());
            }
            TraceReport report = new Tracer(network, listenerNames, sockets)
                    .trace(new TracePlan(wayIn.get(), to, PAYLOAD_BYTES, count, 0, PATIENCE));
            return new Answer(judge(report, place, command), report.movedRules());
        } catch (SystemCallException | IllegalArgumentException e) {
            String why = TraceNeeds.missing().orElse(e.getMessage());
            return new Answer(
                    Diagnosis.notChecked(
                            CHECK, "following a datagram is not possible here: " + why, command + " on the node"),
                    List.of());
        }
    }

    private static Diagnosis judge(TraceReport report, String place, String command) {
        Map<Boolean, List<Fate>> byLimit = report.stories().stream()
                .map(story -> story.fate())
                .collect(Collectors.partitioningBy(fate -> fate.ours().equals(Optional.of(DropReason.RATE_LIMITED))));
        List<Fate> fates = byLimit.get(false);
        if (fates.isEmpty() && !byLimit.get(true).isEmpty()) {
            return Diagnosis.notChecked(
                    CHECK,
                    "the listener's rate_limit dropped all " + byLimit.get(true).size() + " test datagrams to " + place,
                    "udp-fanout drops shows whose datagrams it drops besides; when less comes: " + command);
        }
        Optional<Fate> lost =
                fates.stream().filter(fate -> fate.outcome() == Outcome.LOST).findFirst();
        if (lost.isPresent()) {
            long count = fates.stream()
                    .filter(fate -> fate.outcome() == Outcome.LOST)
                    .count();
            List<String> moved = report.movedRules();
            List<String> suspects = report.firewallSuspects();
            return Diagnosis.problem(
                    CHECK,
                    count + " of " + fates.size() + " test datagrams to " + place + " died at "
                            + lost.get().where() + ": " + lost.get().cause()
                            + (suspects.isEmpty() ? "" : words(suspects, !moved.isEmpty())),
                    "senders' datagrams die there, too",
                    mend(lost.get(), suspects) + "All hops: " + command);
        }
        return fates.stream()
                .filter(fate -> fate.outcome() == Outcome.UNKNOWN)
                .findFirst()
                .map(fate -> Diagnosis.notChecked(
                        CHECK,
                        ("of a test datagram to " + place + ": " + fate.cause() + " " + report.gap()).strip(),
                        command))
                .orElseGet(() -> Diagnosis.ok(
                        CHECK,
                        fates.size() + " test datagrams to " + place + " were followed, and all arrived"
                                + (byLimit.get(true).isEmpty()
                                        ? ""
                                        : "; the listener's rate_limit dropped "
                                                + byLimit.get(true).size() + " more")));
    }

    /** What trace says of rules it says in lines of its own. */
    private static String mend(Fate lost, List<String> suspects) {
        if (suspects.isEmpty()) {
            return lost.remedy().isEmpty() ? "" : lost.remedy() + " ";
        }
        Optional<String> removal = suspects.size() == 1 ? RuleRemoval.of(suspects.getFirst()) : Optional.empty();
        return removal.map(command -> "Ask whose rule it is; it goes by: " + command + ". ")
                .orElseGet(() -> RuleRemoval.look(suspects.getFirst())
                        + " shows what drops there; a rule before it may let them pass. ");
    }

    private static String words(List<String> rules, boolean haveCounted) {
        return (haveCounted ? " Counted by " : " It may be ")
                + rules.stream().limit(EXAMPLES).collect(Collectors.joining(", "))
                + (rules.size() > EXAMPLES ? " and " + (rules.size() - EXAMPLES) + " others." : ".");
    }
}
