package dev.udpfanout.loader.datapath.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.abi.counter.DropReason;
import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.frames.Fragmenter;
import dev.udpfanout.lab.frames.FrameSender;
import dev.udpfanout.lab.frames.Udp6Frame;
import dev.udpfanout.lab.frames.UdpFrame;
import dev.udpfanout.lab.traffic.DatagramReceiver;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.PodReceivers;
import dev.udpfanout.lab.traffic.ReceiverReport;
import dev.udpfanout.lab.traffic.SendPlan;
import dev.udpfanout.loader.config.ListenerBuilder;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.Policy;
import dev.udpfanout.loader.config.ReceiverSet;
import dev.udpfanout.loader.datapath.ListenerText;
import dev.udpfanout.traffic.Payload;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Datagrams that are larger than the MTU: one pod gets all of each, whatever order the pieces come in. */
@Tag("kernel")
class FragmentTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int PODS = 3;
    private static final int DATAGRAMS = 60;
    private static final int LARGE = 8000;
    private static final int PIECE = 1024;
    private static final int PIECES = 4;
    private static final int OTHER_PORT = 5515;

    private final long runId = DatagramSender.newRunId();

    private static Topology topology(StandardProtocolFamily family) {
        return Topology.builder()
                .pods(PODS)
                .ipv6(family == StandardProtocolFamily.INET6)
                .verifyChecksums(true)
                .build();
    }

    private static String client(StandardProtocolFamily family) {
        return family == StandardProtocolFamily.INET6 ? TopologyPlan.CLIENT_ADDRESS6 : TopologyPlan.CLIENT_ADDRESS;
    }

    static Stream<org.junit.jupiter.params.provider.Arguments> waysAndFamilies() {
        return ForwardingTest.waysAndFamilies();
    }

    @ParameterizedTest
    @MethodSource("waysAndFamilies")
    void shouldDeliverWholeToOnePodWhenTheSenderFragments(WayIn wayIn, StandardProtocolFamily family) {
        try (Topology topology = topology(family);
                NodeDatapath datapath = wayIn.open(topology, family);
                DatagramSender sender = DatagramSender.open(topology.client(), client(family))) {
            PodReceivers pods = PodReceivers.start(topology.pods(), WayIn.POD_PORT, family, sender.runId());
            sender.send(SendPlan.to(wayIn.destination(topology, family))
                    .datagrams(DATAGRAMS)
                    .payloadBytes(LARGE));
            assertTrue(pods.awaitReceived(DATAGRAMS, LIMIT), () -> pods.received() + " arrived");
            assertIntactAndSpread(pods, DATAGRAMS);
            long pieces = (LARGE + 8 + 1479) / 1480;
            assertEquals(
                    DATAGRAMS * pieces,
                    datapath.counters(0).stats().packetsForwarded(),
                    () -> "each piece is a packet: " + datapath.counters(0));
        }
    }

    private static void assertIntactAndSpread(PodReceivers pods, int sent) {
        long total = 0;
        for (ReceiverReport report : pods.stop()) {
            assertEquals(0, report.corrupt(), report.receiver() + ": corrupt");
            assertEquals(0, report.duplicates(), report.receiver() + ": duplicates");
            assertEquals(0, report.kernel().checksumErrors(), report.receiver() + ": checksum errors");
            assertTrue(report.received() > 0, report.receiver() + " got nothing");
            total += report.received();
        }
        assertEquals(sent, total);
    }

    private byte[] frame(StandardProtocolFamily family, InetSocketAddress to, long sequence) {
        byte[] payload = Payload.of(runId, sequence, PIECES * PIECE - 100);
        InetSocketAddress from = new InetSocketAddress(client(family), 4711);
        return family == StandardProtocolFamily.INET6
                ? Udp6Frame.between(from, to).payload(payload).build()
                : UdpFrame.between(from, to).payload(payload).build();
    }

    /** The pieces of a datagram in every order: that of the factorial number system. */
    private static List<byte[]> inOrder(List<byte[]> pieces, int order) {
        List<byte[]> left = new ArrayList<>(pieces);
        List<byte[]> ordered = new ArrayList<>();
        for (int rest = order; !left.isEmpty(); ) {
            int size = left.size();
            ordered.add(left.remove(rest % size));
            rest /= size;
        }
        return ordered;
    }

    private static final int ORDERS = 24;

    @ParameterizedTest
    @EnumSource(names = {"INET", "INET6"})
    void shouldDeliverWholeToOnePodWhenThePiecesComeInAnyOrder(StandardProtocolFamily family) {
        WayIn nic = WayIn.NIC_TCX;
        try (Topology topology = topology(family);
                NodeDatapath datapath = nic.open(topology, family);
                FrameSender sender = FrameSender.open(topology.client(), "eth0")) {
            PodReceivers pods = PodReceivers.start(topology.pods(), WayIn.POD_PORT, family, runId);
            for (int order = 0; order < ORDERS; order++) {
                byte[] whole = frame(family, nic.destination(topology, family), order);
                inOrder(Fragmenter.cut(whole, 1000 + order, PIECE), order).forEach(sender::send);
            }
            assertTrue(pods.awaitReceived(ORDERS, LIMIT), () -> pods.received() + " of " + ORDERS + " arrived");
            assertIntactAndSpread(pods, ORDERS);
            assertTrue(
                    BoundedWait.until(
                            () -> datapath.counters(0).stats().packetsForwarded() == (long) ORDERS * PIECES, LIMIT),
                    () -> "each piece is counted once: " + datapath.counters(0));
            assertEquals(0, datapath.counters(0).stats().packetsDropped());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NIC_CLSACT", "DUMMY_TCX", "DUMMY_EGRESS_TCX"})
    void shouldDeliverToTheRightListenerWhenSeveralShareTheAddress(WayIn wayIn) {
        StandardProtocolFamily family = StandardProtocolFamily.INET;
        try (Topology topology = topology(family)) {
            List<InetSocketAddress> first = topology.podEndpoints(WayIn.POD_PORT);
            List<InetSocketAddress> second = topology.podEndpoints(WayIn.POD_PORT + 1);
            ListenerConfig one = wayIn.listener(first);
            InetSocketAddress otherBind = new InetSocketAddress(one.bind().getAddress(), OTHER_PORT);
            ListenerConfig two = ListenerBuilder.like(one)
                    .id(1)
                    .name("other")
                    .at(otherBind)
                    .to(second)
                    .build();
            NodeDatapath datapath = NodeDatapath.open(topology.node(), one, two);
            // Straight to the dummy interface, without conntrack's defragmentation on the way.
            InetSocketAddress destination = wayIn.isOnDummy() ? one.bind() : wayIn.destination(topology, family);
            PodReceivers firsts = PodReceivers.start(topology.pods(), WayIn.POD_PORT, family, runId);
            PodReceivers seconds = PodReceivers.start(topology.pods(), WayIn.POD_PORT + 1, family, runId);
            FrameSender sender = FrameSender.open(topology.client(), "eth0");
            List<byte[]> all = new ArrayList<>();
            for (int order = 0; order < ORDERS; order++) {
                int port = order % 2 == 0 ? WayIn.LISTENER_PORT : OTHER_PORT;
                byte[] whole = frame(family, new InetSocketAddress(destination.getAddress(), port), order);
                all.addAll(Fragmenter.cut(whole, 1000 + order, PIECE));
            }
            // Pieces of all datagrams in one heap.
            Collections.shuffle(all, new Random(42));
            all.forEach(sender::send);
            assertTrue(firsts.awaitReceived(ORDERS / 2, LIMIT), () -> firsts.received() + " arrived");
            assertTrue(seconds.awaitReceived(ORDERS / 2, LIMIT), () -> seconds.received() + " arrived");
            assertIntactAndSpread(firsts, ORDERS / 2);
            assertIntactAndSpread(seconds, ORDERS / 2);
            for (int listener = 0; listener < 2; listener++) {
                int id = listener;
                assertTrue(
                        BoundedWait.until(
                                () -> datapath.counters(id).stats().packetsForwarded() == (long) ORDERS / 2 * PIECES,
                                LIMIT),
                        () -> "each piece is counted once: " + datapath.counters(id));
            }
            datapath.close();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"INET", "INET6"})
    void shouldLeaveDatagramsForOthersWholeWhenTheirPiecesComeInAnyOrder(StandardProtocolFamily family) {
        WayIn nic = WayIn.NIC_TCX;
        try (Topology topology = topology(family);
                NodeDatapath datapath = nic.open(topology, family);
                FrameSender sender = FrameSender.open(topology.client(), "eth0")) {
            LabNamespace node = topology.node();
            DatagramReceiver receiver = DatagramReceiver.in(node)
                    .port(OTHER_PORT)
                    .family(family)
                    .expecting(runId)
                    .start();
            InetSocketAddress own =
                    new InetSocketAddress(nic.destination(topology, family).getAddress(), OTHER_PORT);
            for (int order = 0; order < ORDERS; order++) {
                inOrder(Fragmenter.cut(frame(family, own, order), 1000 + order, PIECE), order)
                        .forEach(sender::send);
            }
            assertTrue(receiver.awaitReceived(ORDERS, LIMIT), () -> receiver.received() + " arrived");
            ReceiverReport report = receiver.stop();
            assertEquals(0, report.corrupt());
            assertEquals(0, report.duplicates());
            assertEquals(0, datapath.counters(0).stats().packetsReceived(), "nothing of it is the listener's");
        }
    }

    @Test
    void shouldCountFragmentWhenItsEndpointIsNoLongerOne() {
        WayIn nic = WayIn.NIC_TCX;
        StandardProtocolFamily family = StandardProtocolFamily.INET;
        try (Topology topology = topology(family);
                NodeDatapath datapath = nic.open(topology, family);
                FrameSender sender = FrameSender.open(topology.client(), "eth0")) {
            List<byte[]> pieces = Fragmenter.cut(frame(family, nic.destination(topology), 0), 7, PIECE);
            sender.send(pieces.getFirst());
            assertTrue(BoundedWait.until(() -> datapath.counters(0).stats().packetsForwarded() == 1, LIMIT));
            datapath.apply(0, topology.podEndpoints(1));
            sender.send(pieces.get(1));
            assertTrue(
                    BoundedWait.until(() -> datapath.counters(0).drops().get(DropReason.FRAGMENT.label()) == 1, LIMIT),
                    () -> datapath.counters(0).toString());
            assertEquals(1, datapath.counters(0).stats().packetsForwarded());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"INET", "INET6"})
    void shouldRefuseAllPiecesOfADatagramThatIsNotAllowedInAnyOrder(StandardProtocolFamily family) {
        WayIn nic = WayIn.NIC_TCX;
        try (Topology topology = topology(family);
                NodeDatapath datapath = nic.open(topology, family);
                FrameSender sender = FrameSender.open(topology.client(), "eth0")) {
            PodReceivers pods = PodReceivers.start(topology.pods(), WayIn.POD_PORT, family, runId);
            boolean ipv6 = family == StandardProtocolFamily.INET6;
            datapath.configure(ListenerText.on("eth0", (ipv6 ? "[::]:" : "0.0.0.0:") + WayIn.LISTENER_PORT)
                    .with("attach", ListenerConfig.AttachMethod.TCX)
                    .with("allow", ipv6 ? "[\"2001:db8:ffff::/48\"]" : "[203.0.113.0/24]")
                    .listener(ipv6 ? topology.podEndpoints6(WayIn.POD_PORT) : topology.podEndpoints(WayIn.POD_PORT)));
            for (int order = 0; order < ORDERS; order++) {
                byte[] whole = frame(family, nic.destination(topology, family), order);
                inOrder(Fragmenter.cut(whole, 1000 + order, PIECE), order).forEach(sender::send);
            }
            assertTrue(
                    BoundedWait.until(
                            () -> datapath.counters(0).drops().get(DropReason.NOT_ALLOWED.label())
                                    == (long) ORDERS * PIECES,
                            LIMIT),
                    () -> "each piece is counted once: " + datapath.counters(0));
            assertEquals(0, datapath.counters(0).stats().packetsForwarded());
            assertEquals(0, pods.received());
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldSendAllPiecesWhereTheHashLeadsInAnyOrder(ReceiverSet.HashOn on) {
        WayIn nic = WayIn.NIC_TCX;
        StandardProtocolFamily family = StandardProtocolFamily.INET;
        try (Topology topology = topology(family);
                FrameSender sender = FrameSender.open(topology.client(), "eth0")) {
            NodeDatapath datapath = NodeDatapath.open(
                    topology.node(),
                    ListenerText.on("eth0", "0.0.0.0:" + WayIn.LISTENER_PORT)
                            .with("policy", Policy.HASH)
                            .with("hash_on", on)
                            .listener(topology.podEndpoints(WayIn.POD_PORT)));
            PodReceivers pods = PodReceivers.start(topology.pods(), WayIn.POD_PORT, family, runId);
            for (int order = 0; order < ORDERS; order++) {
                byte[] whole = frame(family, nic.destination(topology), order);
                inOrder(Fragmenter.cut(whole, 1000 + order, PIECE), order).forEach(sender::send);
            }
            assertTrue(pods.awaitReceived(ORDERS, LIMIT), () -> pods.received() + " of " + ORDERS + " arrived");
            List<ReceiverReport> reports = pods.stop();
            long used = reports.stream().filter(report -> report.received() > 0).count();
            // A piece without ports that comes first goes by the address alone: then the others follow it there.
            assertTrue(used <= (on == ReceiverSet.HashOn.SOURCE ? 1 : 2), () -> used + " pods got some");
            assertEquals(0, reports.stream().mapToLong(ReceiverReport::corrupt).sum());
            assertEquals(0, datapath.counters(0).stats().packetsDropped());
        }
    }
}
