package dev.udpfanout.loader.datapath.userspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.abi.counter.EndpointStats;
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
import dev.udpfanout.loader.datapath.mode.NodeModes;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which pods get a datagram in user space, beside what the kernel program does. */
@Tag("kernel")
class UserspacePolicyTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int PODS = 3;
    private static final int SOURCES = 60;
    private static final int DATAGRAMS = 500;
    private static final String NAME = "listener-0";

    private Topology topology;

    @BeforeEach
    void setUp() {
        topology =
                Topology.builder().pods(PODS).ipv6(true).verifyChecksums(true).build();
    }

    @AfterEach
    void tearDown() {
        topology.close();
    }

    private List<InetSocketAddress> pods(boolean ipv6) {
        return ipv6 ? topology.podEndpoints6(NodeModes.POD_PORT) : topology.podEndpoints(NodeModes.POD_PORT);
    }

    private static ListenerText onNic(boolean ipv6) {
        return ipv6 ? NodeModes.onNic6() : NodeModes.onNic();
    }

    private ListenerConfig userspace(ListenerText text, String io, String source, boolean ipv6) {
        return text.with("mode", "userspace")
                .with("io", io)
                .with("workers", 2)
                .with("source", source)
                .listener(pods(ipv6));
    }

    private static Map<InetSocketAddress, Long> awaitForwarded(NodeModes modes, long count) {
        assertTrue(
                BoundedWait.until(() -> modes.counters(NAME).stats().packetsForwarded() == count, LIMIT),
                () -> modes.counters(NAME).toString());
        ListenerCounters counters = modes.counters(NAME);
        assertEquals(
                counters.stats().bytesForwarded(),
                counters.endpoints().values().stream()
                        .mapToLong(EndpointStats::bytes)
                        .sum());
        return counters.endpoints().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, each -> each.getValue().packets()));
    }

    @ParameterizedTest
    @CsvSource({"io_uring, client, false", "epoll, client, false", "io_uring, node, true", "epoll, client, true"})
    void shouldGiveTheOtherPodsTheirCopiesWhenOneCannotBeReached(String io, String source, boolean ipv6) {
        NodeModes modes =
                NodeModes.open(topology.node(), userspace(onNic(ipv6).with("policy", "replicate"), io, source, ipv6));
        DatagramSender sender = DatagramSender.open(
                topology.client(), ipv6 ? TopologyPlan.CLIENT_ADDRESS6 : TopologyPlan.CLIENT_ADDRESS);
        PodReceivers receivers = PodReceivers.start(
                topology.pods(),
                NodeModes.POD_PORT,
                ipv6 ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET,
                sender.runId());
        SendPlan plan = SendPlan.to(ipv6 ? NodeModes.NODE6 : NodeModes.NODE)
                .datagrams(DATAGRAMS)
                .payloadBytes(200)
                .perSecond(20_000);
        sender.send(plan);
        awaitForwarded(modes, PODS * DATAGRAMS);
        assertEquals(PODS * DATAGRAMS, modes.counters(NAME).stats().packetsReceived());
        String lost = pods(ipv6).get(1).getAddress().getHostAddress();
        topology.node().exec("ip", ipv6 ? "-6" : "-4", "route", "add", "unreachable", lost);
        sender.send(plan);
        awaitForwarded(modes, (PODS + PODS - 1) * DATAGRAMS);
        assertTrue(
                BoundedWait.until(() -> modes.counters(NAME).drops().get("copy_failed") == DATAGRAMS, LIMIT),
                () -> modes.counters(NAME).toString());
        assertEquals(2 * PODS * DATAGRAMS, modes.counters(NAME).stats().packetsReceived());
        assertTrue(receivers.awaitReceived((PODS + PODS - 1) * DATAGRAMS, LIMIT));
        List<ReceiverReport> reports = receivers.stop();
        for (int pod = 0; pod < PODS; pod++) {
            ReceiverReport report = reports.get(pod);
            assertEquals(pod == 1 ? DATAGRAMS : 2 * DATAGRAMS, report.received(), report.receiver());
            assertEquals(0, report.corrupt() + report.duplicates(), report.receiver());
            assertEquals(0, report.kernel().checksumErrors(), report.receiver());
        }
    }

    @ParameterizedTest
    @CsvSource({"io_uring, client, false", "epoll, client, true", "nio, node, false", "io_uring, node, true"})
    void shouldKeepEachSourceAtItsPodWhenTheModeChanges(String io, String source, boolean ipv6) {
        ListenerConfig kernel = onNic(ipv6)
                .with("mode", "tc_ebpf")
                .with("policy", "hash")
                .with("hash_on", "source_port")
                .listener(pods(ipv6));
        NodeModes modes = NodeModes.open(topology.node(), kernel);
        List<DatagramSender> senders = new ArrayList<>();
        for (int i = 0; i < SOURCES; i++) {
            senders.add(DatagramSender.open(
                    topology.client(), ipv6 ? TopologyPlan.CLIENT_ADDRESS6 : TopologyPlan.CLIENT_ADDRESS));
        }
        StandardProtocolFamily family = ipv6 ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET;
        PodReceivers receivers = PodReceivers.start(
                topology.pods(), NodeModes.POD_PORT, family, senders.getFirst().runId());
        SendPlan plan = SendPlan.to(ipv6 ? NodeModes.NODE6 : NodeModes.NODE);
        senders.forEach(sender -> sender.send(plan));
        Map<InetSocketAddress, Long> inKernel = awaitForwarded(modes, SOURCES);
        modes.configure(userspace(onNic(ipv6).with("policy", "hash").with("hash_on", "source_port"), io, source, ipv6));
        assertEquals("userspace", modes.state(NAME).mode());
        senders.forEach(sender -> sender.send(plan));
        assertEquals(inKernel, awaitForwarded(modes, SOURCES));
        assertEquals(PODS, inKernel.size(), "all have some");
        assertTrue(receivers.awaitReceived(2 * SOURCES, LIMIT), () -> "only " + receivers.received() + " arrived");
        if (source.equals("client")) {
            Map<InetSocketAddress, Long> seen = new HashMap<>();
            for (ReceiverReport report : receivers.stop()) {
                report.sources().forEach((client, count) -> assertEquals(null, seen.put(client, count)));
            }
            assertEquals(SOURCES, seen.size());
            seen.forEach((client, count) -> assertEquals(2, count, client.toString()));
        }
    }
}
