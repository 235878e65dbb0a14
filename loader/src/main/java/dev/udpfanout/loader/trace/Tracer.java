package dev.udpfanout.loader.trace;

import dev.udpfanout.bindings.rtnetlink.address.InterfaceAddress;
import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.loader.datapath.network.Network;
import dev.udpfanout.loader.trace.node.ForwardingSetting;
import dev.udpfanout.loader.trace.node.NextHops;
import dev.udpfanout.loader.trace.rules.RuleCounters;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    private final SocketOwners sockets;
    private final List<TraceEvent> events = new ArrayList<>();
    private final int namespace = OwnNamespace.inode();
    /** Datagrams that the interface has refused. */
    private final Set<Integer> refused = new HashSet<>();

    private long lastEventNs;
    private long missedRuns;

    /** @param listenerNames a listener's name by its slot; empty if not known */
    public Tracer(Network network, IntFunction<String> listenerNames) {
        this(network, listenerNames, SocketOwners.UNKNOWN);
    }

    /** @param sockets who has the node's sockets, so that a receiver on the node's own network is known for one */
    public Tracer(Network network, IntFunction<String> listenerNames, SocketOwners sockets) {
        this.network = network;
        this.listenerNames = listenerNames;
        this.sockets = sockets;
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
                    if (!probes.inject(datagram.frame(sequence))) {
                        refused.add(sequence);
                    }
                    probes.poll(0);
                }
            }
            await(probes, plan);
            missedRuns = probes.missedRuns();
        }
        DropCauses causes = DropCauses.ofKernel();
        return new TraceReport(
                plan,
                source,
                stories(plan, causes),
                lost(),
                missedRuns,
                RuleCounters.read(),
                before,
                blocking(plan, causes));
    }

    /** The packet filter's rules need be read only where it has dropped something on this node. */
    private List<String> blocking(TracePlan plan, DropCauses causes) {
        return events.stream()
                .filter(event -> event.kind() == TraceEvent.Kind.FREED && event.namespace() == namespace)
                .filter(causes::isByFirewall)
                .flatMap(event -> event.destination().stream())
                .findFirst()
                .map(destination -> BlockingChains.of(network, plan.wayIn(), destination))
                .orElse(List.of());
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

    /** Whether every packet that was seen has ended; a datagram that was not seen yet has not. */
    private boolean isSettled(TracePlan plan) {
        Map<Long, TraceEvent> last = events.stream()
                .collect(Collectors.toMap(TraceEvent::packet, event -> event, (first, second) -> second));
        boolean isEachEnded = last.values().stream().allMatch(this::isLast);
        long seen = events.stream().mapToInt(TraceEvent::sequence).distinct().count();
        // What the interface has taken may wait for a CPU that has time for it: ksoftirqd.
        return isEachEnded && seen + refused.size() >= plan.count();
    }

    /**
     * What is in another namespace is in a pod: what would drop it there does so at once, and no kernel says all ends.
     */
    private boolean isLast(TraceEvent event) {
        boolean isInPod = event.kind() == TraceEvent.Kind.RECEIVED || event.kind() == TraceEvent.Kind.QUEUED;
        return event.kind().isEnd() || (isInPod && event.namespace() != namespace);
    }

    private List<Story> stories(TracePlan plan, DropCauses causes) {
        Place place = place(plan);
        Map<Integer, List<TraceEvent>> bySequence = events.stream()
                .collect(Collectors.groupingBy(TraceEvent::sequence, LinkedHashMap::new, Collectors.toList()));
        // Real datagrams have random numbers: they are told in the order in which they came.
        List<Integer> live = bySequence.keySet().stream().limit(plan.count()).toList();
        return IntStream.range(0, plan.isLive() ? live.size() : plan.count())
                .mapToObj(index -> {
                    Integer sequence = plan.isLive() ? live.get(index) : Integer.valueOf(index);
                    return Story.of(
                            index,
                            bySequence.getOrDefault(sequence, List.of()),
                            place,
                            causes,
                            refused.contains(index));
                })
                .toList();
    }

    private int lost() {
        return events.stream().mapToInt(TraceEvent::lost).max().orElse(0);
    }

    private Place place(TracePlan plan) {
        boolean isIpv6 = plan.destination().getAddress() instanceof Inet6Address;
        return new Place(
                namespace,
                plan.wayIn().nic().name(),
                plan.destination(),
                network.addresses().all().stream()
                        .map(InterfaceAddress::address)
                        .collect(Collectors.toSet()),
                attached(),
                ForwardingSetting.isOn(plan.wayIn().nic().name(), isIpv6),
                sockets,
                NextHops.of(network, plan.wayIn().sender(), plan.wayIn().nic().index()),
                network.links().all().stream()
                        .filter(this::isDummy)
                        .map(Link::name)
                        .collect(Collectors.toSet()),
                listenerNames);
    }

    /** What a dummy interface has is nobody's network. */
    private List<AttachedNetwork> attached() {
        return network.links().all().stream()
                .filter(link -> !isDummy(link))
                .flatMap(link -> network.addresses().of(link.index()).stream()
                        .filter(each -> !each.address().isLinkLocalAddress())
                        .map(each -> AttachedNetwork.of(each, link.name())))
                .toList();
    }

    /** Where there is no dummy driver, a bridge without ports and without ARP stands for it. */
    private boolean isDummy(Link link) {
        return link.kind().equals("dummy") || (link.kind().equals("bridge") && link.noArp());
    }
}
