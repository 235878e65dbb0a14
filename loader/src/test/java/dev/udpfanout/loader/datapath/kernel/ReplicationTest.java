package dev.udpfanout.loader.datapath.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.abi.counter.DropReason;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code policy: replicate}: every pod gets every datagram. */
@Tag("kernel")
class ReplicationTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int PODS = 3;
    private static final int SIZES = 1400;
    private static final int LARGE = 8000;
    private static final int FRAGMENTED = 30;

    static Stream<Arguments> waysAndFamilies() {
        return Stream.of(WayIn.DUMMY_TCX, WayIn.DUMMY_CLSACT, WayIn.NIC_TCX, WayIn.NIC_CLSACT)
                .flatMap(wayIn -> Stream.of(
                        Arguments.of(wayIn, StandardProtocolFamily.INET),
                        Arguments.of(wayIn, StandardProtocolFamily.INET6)));
    }

    private static ListenerConfig replicating(WayIn wayIn, List<InetSocketAddress> endpoints) {
        ListenerConfig one = wayIn.listener(endpoints);
        String bind = one.bind().getAddress().getHostAddress();
        return ListenerText.on(
                        one.interfaces().getFirst(),
                        (bind.contains(":") ? "[" + bind + "]" : bind) + ":"
                                + one.bind().getPort())
                .with("attach", one.attach())
                .with("policy", "replicate")
                .listener(endpoints);
    }

    @ParameterizedTest
    @MethodSource("waysAndFamilies")
    void shouldGiveEveryPodEveryDatagramWithItsChecksum(WayIn wayIn, StandardProtocolFamily family) {
        boolean ipv6 = family == StandardProtocolFamily.INET6;
        try (Topology topology = Topology.builder()
                        .pods(PODS)
                        .ipv6(ipv6)
                        .verifyChecksums(true)
                        .build();
                NodeDatapath datapath = wayIn.open(
                        topology,
                        replicating(
                                wayIn,
                                ipv6
                                        ? topology.podEndpoints6(WayIn.POD_PORT)
                                        : topology.podEndpoints(WayIn.POD_PORT)));
                DatagramSender sender = DatagramSender.open(
                        topology.client(), ipv6 ? TopologyPlan.CLIENT_ADDRESS6 : TopologyPlan.CLIENT_ADDRESS)) {
            PodReceivers pods = PodReceivers.start(topology.pods(), WayIn.POD_PORT, family, sender.runId());
            InetSocketAddress to = wayIn.destination(topology, family);
            for (int size = 8; size < SIZES; size++) {
                sender.send(SendPlan.to(to).payloadBytes(size));
            }
            sender.send(
                    SendPlan.to(to).datagrams(FRAGMENTED).payloadBytes(LARGE).perSecond(1000));
            int sent = SIZES - 8 + FRAGMENTED;
            assertTrue(pods.awaitReceived((long) PODS * sent, LIMIT), () -> pods.received() + " arrived");
            for (ReceiverReport report : pods.stop()) {
                assertEquals(sent, report.received(), report.receiver());
                assertEquals(sent, report.sequences().cardinality(), report.receiver());
                assertEquals(
                        0,
                        report.corrupt() + report.duplicates() + report.kernel().checksumErrors(),
                        report.receiver());
                assertEquals(Set.of(sender.source()), report.sources().keySet(), "the source address is kept");
            }
            ListenerCounters counters = datapath.counters(0);
            assertEquals(0, counters.stats().packetsDropped(), () -> "" + counters);
        }
    }

    @Test
    void shouldServeTheOthersWhenOneCopyCannotBeSent() {
        int sent = 200;
        try (Topology topology = Topology.builder().pods(PODS).build()) {
            List<InetSocketAddress> endpoints = new ArrayList<>(topology.podEndpoints(WayIn.POD_PORT));
            endpoints.add(0, new InetSocketAddress("198.51.100.1", WayIn.POD_PORT));
            endpoints.add(2, new InetSocketAddress("198.51.100.2", WayIn.POD_PORT));
            topology.node().exec("ip", "route", "add", "blackhole", "198.51.100.0/24");
            try (NodeDatapath datapath = WayIn.NIC_TCX.open(topology, replicating(WayIn.NIC_TCX, endpoints));
                    DatagramSender sender = DatagramSender.open(topology.client(), TopologyPlan.CLIENT_ADDRESS)) {
                PodReceivers pods = PodReceivers.start(topology.pods(), WayIn.POD_PORT, sender.runId());
                sender.send(SendPlan.to(WayIn.NIC_TCX.destination(topology)).datagrams(sent));
                assertTrue(pods.awaitReceived((long) PODS * sent, LIMIT), () -> pods.received() + " arrived");
                for (ReceiverReport report : pods.stop()) {
                    assertEquals(sent, report.sequences().cardinality(), report.receiver());
                }
                ListenerCounters counters = datapath.counters(0);
                assertEquals((long) PODS * sent, counters.stats().packetsForwarded());
                assertEquals(2L * sent, counters.drops().get(DropReason.FIB_BLACKHOLE.label()), () -> "" + counters);
            }
        }
    }

    @Test
    void shouldMakeNoMoreCopiesThanItCan() {
        int sent = 10;
        try (Topology topology = Topology.builder().pods(1).build()) {
            List<InetSocketAddress> endpoints = new ArrayList<>();
            for (int port = 0; port < 64; port++) {
                endpoints.add(new InetSocketAddress(topology.plan().podAddress(1), 41_000 + port));
            }
            try (NodeDatapath datapath = WayIn.NIC_TCX.open(topology, replicating(WayIn.NIC_TCX, endpoints));
                    DatagramSender sender = DatagramSender.open(topology.client(), TopologyPlan.CLIENT_ADDRESS)) {
                sender.send(SendPlan.to(WayIn.NIC_TCX.destination(topology))
                        .datagrams(sent)
                        .perSecond(100));
                ListenerCounters all = datapath.counters(0);
                assertTrue(
                        dev.udpfanout.lab.BoundedWait.until(
                                () -> datapath.counters(0).stats().packetsForwarded() == 64L * sent, LIMIT),
                        () -> "" + all);
            }
        }
    }
}
