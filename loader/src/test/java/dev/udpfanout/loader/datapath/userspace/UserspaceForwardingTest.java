package dev.udpfanout.loader.datapath.userspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.PodReceivers;
import dev.udpfanout.lab.traffic.ReceiverReport;
import dev.udpfanout.lab.traffic.SendPlan;
import dev.udpfanout.loader.config.ListenerBuilder;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.Policy;
import dev.udpfanout.loader.control.Endpoint;
import dev.udpfanout.loader.datapath.ListenerCounters;
import dev.udpfanout.loader.datapath.ListenerState;
import dev.udpfanout.loader.datapath.ListenerText;
import dev.udpfanout.loader.datapath.mode.NodeModes;
import dev.udpfanout.traffic.Payload;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The MetalLB path in user space: VIP, kube-proxy, dummy0's address, a socket, the pods. */
@Tag("kernel")
class UserspaceForwardingTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int PODS = 3;
    private static final int SIZES = Payload.MAX_BYTES + 1;
    private static final int WORKERS = 2;
    private static final String NAME = "listener-0";

    private Topology topology;

    @BeforeEach
    void setUp() {
        topology = Topology.builder().pods(PODS).verifyChecksums(true).build();
        NodeModes.loadKubeProxy(topology);
    }

    @AfterEach
    void tearDown() {
        topology.close();
    }

    private ListenerConfig listener(ListenerText text, String io) {
        return text.with("mode", "userspace")
                .with("io", io)
                .with("workers", WORKERS)
                .listener(topology.podEndpoints(NodeModes.POD_PORT));
    }

    @ParameterizedTest
    @CsvSource({"io_uring, client", "epoll, client", "io_uring, node", "epoll, node", "nio, node"})
    void shouldSpreadEveryDatagramWhenSentToTheVip(String io, String source) throws Exception {
        NodeModes modes =
                NodeModes.open(topology.node(), listener(NodeModes.onDummy().with("source", source), io));
        assertEquals(new ListenerState("userspace", "configured", true, io), modes.state(NAME));
        List<ReceiverReport> reports = sendEverySize(NodeModes.VIP, source);
        // io_uring tells of what it has sent a moment after the receiver has it.
        assertTrue(
                BoundedWait.until(() -> modes.counters(NAME).stats().packetsForwarded() == SIZES, LIMIT),
                () -> modes.counters(NAME).toString());
        ListenerCounters counters = modes.counters(NAME);
        assertEquals(SIZES, counters.stats().packetsReceived());
        assertEquals(0, counters.stats().packetsDropped());
        assertEquals(expectedBytes(), counters.stats().bytesForwarded());
        assertEquals(SIZES, reports.stream().mapToLong(ReceiverReport::received).sum());
    }

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "nio"})
    void shouldSpreadEveryDatagramWhenSentToTheNodesOwnAddress(String io) throws Exception {
        NodeModes.open(topology.node(), listener(NodeModes.onNic(), io));
        sendEverySize(NodeModes.NODE, io.equals("nio") ? "node" : "client");
    }

    private static long expectedBytes() {
        long payload = (long) SIZES * (SIZES - 1) / 2;
        return payload + 42L * SIZES;
    }

    private List<ReceiverReport> sendEverySize(InetSocketAddress destination, String source) throws Exception {
        DatagramSender sender = DatagramSender.open(topology.client(), TopologyPlan.CLIENT_ADDRESS);
        PodReceivers pods = PodReceivers.start(topology.pods(), NodeModes.POD_PORT, sender.runId());
        for (int size = 0; size < SIZES; size++) {
            sender.send(SendPlan.to(destination).payloadBytes(size));
        }
        assertTrue(pods.awaitReceived(SIZES, LIMIT), () -> "only " + pods.received() + " arrived");
        List<ReceiverReport> reports = pods.stop();
        for (ReceiverReport report : reports) {
            assertEquals(0, report.corrupt() + report.duplicates(), report.receiver());
            assertEquals(0, report.kernel().checksumErrors(), report.receiver() + ": checksum errors");
            assertSources(source, sender.source(), report);
            assertEquals(SIZES / PODS, report.received(), WORKERS, report.receiver() + ": its share");
        }
        return reports;
    }

    private static void assertSources(String source, InetSocketAddress client, ReceiverReport report) throws Exception {
        Set<InetAddress> seen = report.sources().keySet().stream()
                .map(InetSocketAddress::getAddress)
                .collect(Collectors.toSet());
        if (source.equals("client")) {
            assertEquals(Set.of(client), report.sources().keySet(), "the source address is kept");
        } else {
            assertEquals(Set.of(InetAddress.ofLiteral("10.42.0.1")), seen, "the node's address towards the pods");
        }
    }

    /** Its address and port stay, so that only one of both can have the socket. */
    @ParameterizedTest
    @CsvSource({"io_uring, false", "epoll, false", "nio, false", "epoll, true"})
    void shouldSpreadEveryDatagramAfterAChangeOfTheListenersName(String io, boolean isOnNic) throws Exception {
        Supplier<ListenerText> text = isOnNic ? NodeModes::onNic : NodeModes::onDummy;
        NodeModes modes = NodeModes.open(topology.node(), listener(text.get(), io));
        modes.configure(listener(text.get().with("name", "renamed"), io));
        assertEquals(new ListenerState("userspace", "configured", true, io), modes.state("renamed"));
        modes.apply("renamed", topology.podEndpoints(NodeModes.POD_PORT));
        sendEverySize(isOnNic ? NodeModes.NODE : NodeModes.VIP, io.equals("nio") ? "node" : "client");
    }

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "nio"})
    void shouldSpreadByWeightsWhenTheyDiffer(String io) {
        NodeModes modes = NodeModes.open(
                topology.node(),
                ListenerBuilder.like(listener(NodeModes.onDummy(), io))
                        .policy(Policy.WEIGHTED)
                        .build());
        int[] weights = {5, 3, 2};
        List<Endpoint> endpoints = new ArrayList<>();
        for (InetSocketAddress pod : topology.podEndpoints(NodeModes.POD_PORT)) {
            endpoints.add(new Endpoint("pod", pod, weights[endpoints.size()]));
        }
        modes.applyWeighted(NAME, endpoints);
        DatagramSender sender = DatagramSender.open(topology.client(), TopologyPlan.CLIENT_ADDRESS);
        PodReceivers pods = PodReceivers.start(topology.pods(), NodeModes.POD_PORT, sender.runId());
        sender.send(SendPlan.to(NodeModes.VIP).datagrams(1000).perSecond(20_000));
        assertTrue(pods.awaitReceived(1000, LIMIT), () -> "only " + pods.received() + " arrived");
        List<ReceiverReport> reports = pods.stop();
        for (int pod = 0; pod < PODS; pod++) {
            // Each worker may stand in the middle of a round: off by 1.25 (WeightedRoundPropertyTest) at either end.
            assertEquals(100 * weights[pod], reports.get(pod).received(), 2.5 * WORKERS, "pod " + (pod + 1));
        }
    }

    @Test
    void shouldPutTheLocalRouteBackWhenSomebodySteersTheAddressAway() {
        NodeModes modes = NodeModes.open(topology.node(), listener(NodeModes.onDummy(), "auto"));
        topology.node().exec("ip", "route", "add", "10.255.0.1", "dev", "dummy0", "proto", "117");
        topology.node().exec("ip", "route", "del", "local", "10.255.0.1", "dev", "dummy0", "table", "local");
        modes.reconcile();
        String routes = topology.node().exec("ip", "route", "show", "table", "all");
        assertTrue(routes.contains("local 10.255.0.1 dev dummy0"), routes);
        assertFalse(routes.contains("proto 117"), routes);
        assertTrue(isDelivered(60));
    }

    @Test
    void shouldDeliverAgainWhenTheDummyInterfaceWasDeleted() {
        NodeModes modes = NodeModes.open(topology.node(), listener(NodeModes.onDummy(), "auto"));
        topology.node().exec("ip", "link", "del", "dummy0");
        modes.reconcile();
        assertTrue(isDelivered(60));
    }

    private boolean isDelivered(int datagrams) {
        try (DatagramSender sender = DatagramSender.open(topology.client(), TopologyPlan.CLIENT_ADDRESS);
                PodReceivers pods = PodReceivers.start(topology.pods(), NodeModes.POD_PORT, sender.runId())) {
            sender.send(SendPlan.to(NodeModes.VIP).datagrams(datagrams));
            return pods.awaitReceived(datagrams, LIMIT);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "nio"})
    void shouldSayThatThePortIsTaken(String io) throws Exception {
        topology.node().exec("ip", "addr", "add", "10.255.0.1/32", "dev", "lo");
        try (DatagramChannel taken =
                topology.node().call(() -> DatagramChannel.open().bind(new InetSocketAddress("10.255.0.1", 5514)))) {
            ListenerConfig listener = listener(NodeModes.onDummy(), io);
            RuntimeException refused =
                    assertThrows(RuntimeException.class, () -> NodeModes.open(topology.node(), listener));
            String message = refused.getMessage();
            assertTrue(
                    message.contains("10.255.0.1:5514")
                            && message.toLowerCase(java.util.Locale.ROOT).contains("in use"),
                    message);
        }
    }

    @Test
    void shouldServeTheOthersWhenAPodsPortIsClosed() {
        NodeModes modes =
                NodeModes.open(topology.node(), listener(NodeModes.onDummy().with("source", "node"), "auto"));
        try (DatagramSender sender = DatagramSender.open(topology.client(), TopologyPlan.CLIENT_ADDRESS);
                PodReceivers pods = PodReceivers.start(
                        List.of(topology.pod(1), topology.pod(2)), NodeModes.POD_PORT, sender.runId())) {
            sender.send(SendPlan.to(NodeModes.VIP).datagrams(3000).perSecond(10_000));
            assertTrue(pods.awaitReceived(1990, LIMIT), () -> "only " + pods.received() + " arrived");
            assertTrue(
                    BoundedWait.until(() -> modes.counters(NAME).drops().get("unreachable") > 0, LIMIT),
                    () -> modes.counters(NAME).toString());
        }
    }

    @Test
    void shouldLeaveAnEndpointOutWhenItIsTheListenerItself() {
        ListenerConfig listener = listener(NodeModes.onNic(), "auto");
        NodeModes modes = NodeModes.open(topology.node(), listener);
        modes.apply(
                NAME,
                List.of(
                        NodeModes.NODE,
                        topology.podEndpoints(NodeModes.POD_PORT).getFirst()));
        try (DatagramSender sender = DatagramSender.open(topology.client(), TopologyPlan.CLIENT_ADDRESS);
                PodReceivers pods = PodReceivers.start(List.of(topology.pod(1)), NodeModes.POD_PORT, sender.runId())) {
            sender.send(SendPlan.to(NodeModes.NODE).datagrams(20));
            assertTrue(pods.awaitReceived(20, LIMIT), () -> "only " + pods.received() + " arrived");
            assertEquals(20, modes.counters(NAME).stats().packetsReceived());
        }
    }
}
