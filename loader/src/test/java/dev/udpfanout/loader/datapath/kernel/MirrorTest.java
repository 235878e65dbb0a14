package dev.udpfanout.loader.datapath.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.abi.counter.DropReason;
import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.PodReceivers;
import dev.udpfanout.lab.traffic.ReceiverReport;
import dev.udpfanout.lab.traffic.SendPlan;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.datapath.ListenerCounters;
import dev.udpfanout.loader.datapath.ListenerText;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code mirror}: pods 1 and 2 receive, pods 3 and 4 get copies. */
@Tag("kernel")
class MirrorTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int RECEIVERS = 2;
    private static final int COPIED = 2;
    private static final int SENT = 1_000;
    private static final int PER_SECOND = 20_000;

    private static ListenerConfig mirroring(
            WayIn wayIn, List<InetSocketAddress> receivers, List<InetSocketAddress> copied, String more) {
        ListenerConfig one = wayIn.listener(receivers);
        StringBuilder mirror = new StringBuilder("{ downstream: [");
        copied.forEach(
                each -> mirror.append(" { address: \"").append(text(each)).append("\" },"));
        return ListenerText.on(one.interfaces().getFirst(), text(one.bind()))
                .with("attach", one.attach())
                .with("mirror", mirror.append(" ], ").append(more))
                .listener(receivers);
    }

    private static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    private static Topology topology(boolean ipv6) {
        return Topology.builder()
                .pods(RECEIVERS + COPIED)
                .ipv6(ipv6)
                .verifyChecksums(true)
                .build();
    }

    private static List<InetSocketAddress> receivers(Topology topology, boolean ipv6) {
        return (ipv6 ? topology.podEndpoints6(WayIn.POD_PORT) : topology.podEndpoints(WayIn.POD_PORT))
                .subList(0, RECEIVERS);
    }

    private static List<InetSocketAddress> copied(Topology topology, boolean ipv6) {
        return (ipv6 ? topology.podEndpoints6(WayIn.POD_PORT) : topology.podEndpoints(WayIn.POD_PORT))
                .subList(RECEIVERS, RECEIVERS + COPIED);
    }

    private static long received(List<ReceiverReport> reports) {
        return reports.stream().mapToLong(ReceiverReport::received).sum();
    }

    private static void assertIntact(List<ReceiverReport> reports, Set<InetSocketAddress> sources) {
        for (ReceiverReport report : reports) {
            assertEquals(
                    0, report.corrupt() + report.duplicates() + report.kernel().checksumErrors(), report.receiver());
            assertEquals(sources, report.sources().keySet(), report.receiver() + ": the source address is kept");
        }
    }

    @ParameterizedTest
    @MethodSource("dev.udpfanout.loader.datapath.kernel.ReplicationTest#waysAndFamilies")
    void shouldCopyOneDatagramInSomeToTheMirrorAndAllToTheReceivers(WayIn wayIn, StandardProtocolFamily family) {
        boolean ipv6 = family == StandardProtocolFamily.INET6;
        int sample = 4;
        try (Topology topology = topology(ipv6);
                NodeDatapath datapath = wayIn.open(
                        topology,
                        mirroring(
                                wayIn, receivers(topology, ipv6), copied(topology, ipv6), "sample: " + sample + " }"));
                DatagramSender sender = DatagramSender.open(
                        topology.client(), ipv6 ? TopologyPlan.CLIENT_ADDRESS6 : TopologyPlan.CLIENT_ADDRESS)) {
            PodReceivers pods = PodReceivers.start(topology.pods(), WayIn.POD_PORT, family, sender.runId());
            sender.send(SendPlan.to(wayIn.destination(topology, family))
                    .datagrams(SENT)
                    .payloadBytes(200)
                    .perSecond(PER_SECOND));
            // Each CPU counts by itself, and may be on its way to its next copy.
            int cpus = Runtime.getRuntime().availableProcessors();
            int least = SENT / sample - cpus;
            assertTrue(pods.awaitReceived(SENT + least, LIMIT), () -> pods.received() + " arrived");
            assertTrue(
                    BoundedWait.until(
                            () -> datapath.counters(0).stats().packetsForwarded() == SENT
                                    && pods.received()
                                            == SENT
                                                    + datapath.mirrorCounters(0)
                                                            .stats()
                                                            .packetsForwarded(),
                            LIMIT),
                    () -> pods.received() + " arrived: " + datapath.counters(0) + datapath.mirrorCounters(0));
            List<ReceiverReport> reports = pods.stop();
            assertIntact(reports, Set.of(sender.source()));
            assertEquals(SENT, received(reports.subList(0, RECEIVERS)), "the receivers get all, each once");
            long copies = received(reports.subList(RECEIVERS, RECEIVERS + COPIED));
            assertTrue(copies >= least && copies <= SENT / sample, copies + " copies");
            for (ReceiverReport each : reports.subList(RECEIVERS, RECEIVERS + COPIED)) {
                assertTrue(Math.abs(each.received() - copies / COPIED) <= cpus, () -> each + " of " + copies);
            }
            assertEquals(0, datapath.counters(0).stats().packetsDropped());
            assertEquals(SENT, datapath.counters(0).stats().packetsReceived());
            assertEquals(0, datapath.mirrorCounters(0).stats().packetsDropped());
        }
    }

    @Test
    void shouldServeTheReceiversWhenNoCopyCanBeSent() {
        try (Topology topology = topology(false)) {
            topology.node().exec("ip", "route", "add", "blackhole", "198.51.100.0/24");
            ListenerConfig listener = mirroring(
                    WayIn.NIC_TCX,
                    receivers(topology, false),
                    List.of(new InetSocketAddress("198.51.100.1", WayIn.POD_PORT)),
                    "sample: 1 }");
            try (NodeDatapath datapath = WayIn.NIC_TCX.open(topology, listener);
                    DatagramSender sender = DatagramSender.open(topology.client(), TopologyPlan.CLIENT_ADDRESS)) {
                PodReceivers pods = PodReceivers.start(topology.pods(), WayIn.POD_PORT, sender.runId());
                sender.send(SendPlan.to(WayIn.NIC_TCX.destination(topology))
                        .datagrams(SENT)
                        .perSecond(PER_SECOND));
                assertTrue(pods.awaitReceived(SENT, LIMIT), () -> pods.received() + " arrived");
                assertTrue(
                        BoundedWait.until(
                                () -> datapath.mirrorCounters(0).drops().get(DropReason.FIB_BLACKHOLE.label()) == SENT,
                                LIMIT),
                        () -> "" + datapath.mirrorCounters(0));
                ListenerCounters counters = datapath.counters(0);
                assertEquals(SENT, counters.stats().packetsForwarded());
                assertEquals(0, counters.stats().packetsDropped(), () -> "" + counters);
            }
        }
    }

    @Test
    void shouldCopyWhatIsAllowedAloneAndNoFragments() {
        try (Topology topology = topology(false)) {
            ListenerConfig listener = mirroring(
                    WayIn.NIC_TCX,
                    receivers(topology, false),
                    copied(topology, false),
                    "sample: 1 }\n    allow: [ \"" + TopologyPlan.CLIENT_ADDRESS + "\" ]");
            topology.client().exec("ip", "address", "add", "192.168.1.11/24", "dev", "eth0");
            try (NodeDatapath datapath = WayIn.NIC_TCX.open(topology, listener);
                    DatagramSender allowed = DatagramSender.open(topology.client(), TopologyPlan.CLIENT_ADDRESS);
                    DatagramSender other = DatagramSender.open(topology.client(), "192.168.1.11")) {
                InetSocketAddress to = WayIn.NIC_TCX.destination(topology);
                PodReceivers pods = PodReceivers.start(topology.pods(), WayIn.POD_PORT, allowed.runId());
                other.send(SendPlan.to(to).datagrams(10).perSecond(1000));
                allowed.send(SendPlan.to(to).datagrams(10).payloadBytes(8000).perSecond(1000));
                allowed.send(SendPlan.to(to).datagrams(10).payloadBytes(100).perSecond(1000));
                assertTrue(pods.awaitReceived(30, LIMIT), () -> pods.received() + " arrived");
                List<ReceiverReport> reports = pods.stop();
                assertEquals(20, received(reports.subList(0, RECEIVERS)));
                assertEquals(10, received(reports.subList(RECEIVERS, RECEIVERS + COPIED)), "the small ones");
                assertEquals(10, datapath.mirrorCounters(0).stats().packetsReceived());
                assertEquals(10L, datapath.counters(0).drops().get(DropReason.NOT_ALLOWED.label()));
            }
        }
    }

    @Test
    void shouldMirrorADatagramOnceWhenItIsReplicated() {
        try (Topology topology = topology(false)) {
            ListenerConfig listener = mirroring(
                    WayIn.NIC_TCX,
                    receivers(topology, false),
                    copied(topology, false).subList(0, 1),
                    "sample: 1 }\n    policy: replicate");
            try (NodeDatapath datapath = WayIn.NIC_TCX.open(topology, listener);
                    DatagramSender sender = DatagramSender.open(topology.client(), TopologyPlan.CLIENT_ADDRESS)) {
                PodReceivers pods = PodReceivers.start(topology.pods(), WayIn.POD_PORT, sender.runId());
                sender.send(SendPlan.to(WayIn.NIC_TCX.destination(topology))
                        .datagrams(100)
                        .perSecond(1000));
                assertTrue(pods.awaitReceived(300, LIMIT), () -> pods.received() + " arrived");
                List<ReceiverReport> reports = pods.stop();
                for (ReceiverReport report : reports.subList(0, 3)) {
                    assertEquals(100, report.sequences().cardinality(), report.receiver());
                    assertEquals(0, report.duplicates(), report.receiver());
                }
                assertEquals(200, datapath.counters(0).stats().packetsForwarded());
                assertEquals(100, datapath.mirrorCounters(0).stats().packetsForwarded());
            }
        }
    }

    @Test
    void shouldMirrorWhatTheNodeItselfSendsToTheDummyInterface() {
        WayIn dummy = WayIn.DUMMY_TCX;
        try (Topology topology = topology(false);
                NodeDatapath datapath = dummy.open(
                        topology,
                        mirroring(dummy, receivers(topology, false), copied(topology, false), "sample: 1 }"));
                DatagramSender sender = DatagramSender.open(topology.node(), TopologyPlan.NODE_ADDRESS)) {
            PodReceivers pods = PodReceivers.start(topology.pods(), WayIn.POD_PORT, sender.runId());
            sender.send(SendPlan.to(new InetSocketAddress("10.255.0.1", WayIn.LISTENER_PORT))
                    .datagrams(20)
                    .perSecond(1000));
            assertTrue(
                    pods.awaitReceived(40, LIMIT),
                    () -> pods.received() + " arrived: " + datapath.counters(0) + datapath.mirrorCounters(0));
            assertEquals(0, datapath.counters(0).stats().packetsDropped());
        }
    }

    @Test
    void shouldStartAndEndWithTheConfiguration() {
        try (Topology topology = topology(false)) {
            ListenerConfig without = WayIn.NIC_TCX.listener(receivers(topology, false));
            ListenerConfig with =
                    mirroring(WayIn.NIC_TCX, receivers(topology, false), copied(topology, false), "sample: 1 }");
            try (NodeDatapath datapath = WayIn.NIC_TCX.open(topology, without);
                    DatagramSender sender = DatagramSender.open(topology.client(), TopologyPlan.CLIENT_ADDRESS)) {
                PodReceivers pods = PodReceivers.start(topology.pods(), WayIn.POD_PORT, sender.runId());
                SendPlan ten = SendPlan.to(WayIn.NIC_TCX.destination(topology))
                        .datagrams(10)
                        .perSecond(1000);
                sender.send(ten);
                assertTrue(pods.awaitReceived(10, LIMIT));
                datapath.configure(with);
                sender.send(ten);
                assertTrue(pods.awaitReceived(20, LIMIT), "no copies while their receivers are not known");
                datapath.applyConfigured(List.of(with));
                sender.send(ten);
                assertTrue(pods.awaitReceived(40, LIMIT), () -> pods.received() + " arrived");
                assertEquals(10, datapath.mirrorCounters(0).stats().packetsForwarded());
                datapath.configure(without);
                sender.send(ten);
                assertTrue(pods.awaitReceived(50, LIMIT));
                assertEquals(50, pods.received());
                assertEquals(40, datapath.counters(0).stats().packetsForwarded());
            }
        }
    }
}
