package dev.udpfanout.loader.trace;

import dev.udpfanout.bindings.rtnetlink.address.InterfaceAddress;
import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.loader.datapath.network.Network;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Sends test datagrams through the calling thread's network namespace, or follows real ones, and tells their stories.
 */
public final class Tracer {
    private static final int POLL_MS = 10;
    private static final long QUIET_NS = 150_000_000;
    private static final int FIRST_EPHEMERAL_PORT = 49_152;
    private static final int LAST_PORT = 65_535;

    private final Network network;
    private final IntFunction<String> listenerNames;
    private final List<TraceEvent> events = new ArrayList<>();
    private final int namespace = OwnNamespace.inode();
    private long lastEventNs;

    /** @param listenerNames a listener's name by its slot; empty if not known */
    public Tracer(Network network, IntFunction<String> listenerNames) {
        this.network = network;
        this.listenerNames = listenerNames;
    }

    /**
     * Does it, and takes as long as the datagrams take, at most {@link TracePlan#patience}.
     *
     * @throws dev.udpfanout.bindings.errno.SystemCallException if the probes cannot be attached
     */
    public TraceReport trace(TracePlan plan) {
        int run = ThreadLocalRandom.current().nextInt();
        Link nic = plan.wayIn().nic();
        TraceSettings settings =
                new TraceSettings(run, nic.index(), namespace, plan.liveEvery(), plan.count(), plan.destination());
        RuleCounters before = RuleCounters.read();
        InetSocketAddress source = new InetSocketAddress(plan.wayIn().sender(), sourcePort());
        try (TraceProbes probes = TraceProbes.attach(settings, this::onEvent)) {
            if (!plan.isLive()) {
                TestDatagram datagram =
                        new TestDatagram(source, plan.destination(), nic.hardwareAddress(), plan.payloadBytes(), run);
                for (int sequence = 0; sequence < plan.count(); sequence++) {
                    probes.inject(datagram.frame(sequence));
                    probes.poll(0);
                }
            }
            await(probes, plan);
        }
        return new TraceReport(plan, source, stories(plan), lost(), RuleCounters.read(), before);
    }

    private static int sourcePort() {
        // Another one for each run, so that connection tracking knows no flow of it.
        return ThreadLocalRandom.current().nextInt(FIRST_EPHEMERAL_PORT, LAST_PORT + 1);
    }

    private void onEvent(TraceEvent event) {
        events.add(event);
        lastEventNs = System.nanoTime();
    }

    private void await(TraceProbes probes, TracePlan plan) {
        long start = System.nanoTime();
        lastEventNs = start;
        long now = start;
        while (now - start < plan.patience().toNanos() && !(isSettled(plan) && now - lastEventNs > QUIET_NS)) {
            probes.poll(POLL_MS);
            now = System.nanoTime();
        }
    }

    /** Whether every packet that was seen has ended; a datagram that was never seen has not. */
    private boolean isSettled(TracePlan plan) {
        Map<Long, TraceEvent> last = events.stream()
                .collect(Collectors.toMap(TraceEvent::packet, event -> event, (first, second) -> second));
        boolean isEachEnded = last.values().stream().allMatch(this::isLast);
        long seen = events.stream().mapToInt(TraceEvent::sequence).distinct().count();
        // The interface refuses a test datagram at once or takes it at once.
        return isEachEnded && (!plan.isLive() || seen >= plan.count());
    }

    /** What is in another namespace is in a pod: what would drop it there does so at once. */
    private boolean isLast(TraceEvent event) {
        return event.kind().isEnd() || (event.kind() == TraceEvent.Kind.RECEIVED && event.namespace() != namespace);
    }

    private List<Story> stories(TracePlan plan) {
        Place place = place(plan);
        DropCauses causes = DropCauses.ofKernel();
        Map<Integer, List<TraceEvent>> bySequence =
                events.stream().collect(Collectors.groupingBy(TraceEvent::sequence));
        return IntStream.range(0, plan.count())
                .filter(sequence -> !plan.isLive() || bySequence.containsKey(sequence))
                .mapToObj(sequence -> Story.of(sequence, bySequence.getOrDefault(sequence, List.of()), place, causes))
                .toList();
    }

    private int lost() {
        return events.stream().mapToInt(TraceEvent::lost).max().orElse(0);
    }

    private Place place(TracePlan plan) {
        return new Place(
                namespace,
                plan.wayIn().nic().name(),
                plan.destination(),
                network.addresses().all().stream()
                        .map(InterfaceAddress::address)
                        .collect(Collectors.toSet()),
                network.links().all().stream()
                        .filter(this::isDummy)
                        .map(Link::name)
                        .collect(Collectors.toSet()),
                listenerNames);
    }

    /** Where there is no dummy driver, a bridge without ports and without ARP stands for it. */
    private boolean isDummy(Link link) {
        return link.kind().equals("dummy") || (link.kind().equals("bridge") && link.noArp());
    }
}
