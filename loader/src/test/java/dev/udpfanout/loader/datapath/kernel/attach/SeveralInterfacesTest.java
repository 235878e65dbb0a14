package dev.udpfanout.loader.datapath.kernel.attach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.PodReceivers;
import dev.udpfanout.lab.traffic.ReceiverReport;
import dev.udpfanout.lab.traffic.SendPlan;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ListenerConfig.AttachMethod;
import dev.udpfanout.loader.datapath.InterfaceState;
import dev.udpfanout.loader.datapath.ListenerState;
import dev.udpfanout.loader.datapath.ListenerText;
import dev.udpfanout.loader.datapath.WayState;
import dev.udpfanout.loader.datapath.kernel.NodeDatapath;
import dev.udpfanout.loader.datapath.kernel.WayIn;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One listener on two NICs, both of which face the client. */
@Tag("kernel")
class SeveralInterfacesTest {
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final int PORT = 5514;
    private static final int DATAGRAMS = 30;
    private static final InetSocketAddress FIRST = new InetSocketAddress(TopologyPlan.NODE_ADDRESS, PORT);
    private static final InetSocketAddress SECOND = new InetSocketAddress("192.168.2.1", PORT);
    private static final String SECOND_CLIENT = "192.168.2.10";

    private static void node(Topology topology, String command) {
        topology.node().exec(command.split(" "));
    }

    /** A second wire between client and node. */
    private static void plugIn(Topology topology) {
        node(
                topology,
                "ip link add eth1 type veth peer name eth1 netns "
                        + topology.client().name());
        node(topology, "ip address add 192.168.2.1/24 dev eth1");
        node(topology, "ip link set eth1 up");
        topology.client().exec("ip", "address", "add", SECOND_CLIENT + "/24", "dev", "eth1");
        topology.client().exec("ip", "link", "set", "eth1", "up");
    }

    private static ListenerConfig listener(Topology topology, AttachMethod attach, List<String> interfaces) {
        return ListenerText.on(interfaces, "0.0.0.0:" + PORT)
                .with("attach", attach)
                .listener(topology.podEndpoints(WayIn.POD_PORT));
    }

    private static void assertDelivered(Topology topology, String from, InetSocketAddress to) {
        try (DatagramSender sender = DatagramSender.open(topology.client(), from);
                PodReceivers pods = PodReceivers.start(topology.pods(), WayIn.POD_PORT, sender.runId())) {
            sender.send(SendPlan.to(to).datagrams(DATAGRAMS));
            assertTrue(pods.awaitReceived(DATAGRAMS, LIMIT), () -> pods.received() + " of " + DATAGRAMS + " arrived");
            for (ReceiverReport report : pods.stop()) {
                assertTrue(report.received() > 0, report.receiver());
                assertEquals(0, report.duplicates() + report.corrupt(), report.receiver());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"TCX", "CLSACT"})
    void shouldTakeDatagramsFromEitherAndGoOnWithOneWhenTheOtherIsGone(AttachMethod attach) {
        try (Topology topology = Topology.builder().pods(2).build()) {
            plugIn(topology);
            NodeDatapath datapath =
                    NodeDatapath.open(topology.node(), listener(topology, attach, List.of("eth0", "eth1")));
            String method = attach.name().toLowerCase(java.util.Locale.ROOT);
            assertEquals(
                    ListenerState.on(List.of(
                                    new InterfaceState("eth0", true, method), new InterfaceState("eth1", true, method)))
                            .by(List.of(new WayState("cni0", OptionalInt.of(1500), 2)), false, "by endpoint"),
                    datapath.state(0));
            assertDelivered(topology, TopologyPlan.CLIENT_ADDRESS, FIRST);
            assertDelivered(topology, SECOND_CLIENT, SECOND);
            assertEquals(2 * DATAGRAMS, datapath.counters(0).stats().packetsForwarded(), "one listener, one count");

            node(topology, "ip link del eth1");
            datapath.reconcile();
            assertTrue(datapath.state(0).attached(), "the listener stays attached");
            assertEquals(
                    List.of(new InterfaceState("eth0", true, method), new InterfaceState("eth1", false, "")),
                    datapath.state(0).interfaces());
            assertDelivered(topology, TopologyPlan.CLIENT_ADDRESS, FIRST);

            plugIn(topology);
            datapath.reconcile();
            assertTrue(datapath.state(0).interfaces().getLast().attached());
            assertDelivered(topology, SECOND_CLIENT, SECOND);
            datapath.close();
        }
    }

    @Test
    void shouldLeaveAnInterfaceThatTheListenerDoesNotStandOnAnyMore() {
        try (Topology topology = Topology.builder().pods(2).build()) {
            plugIn(topology);
            NodeDatapath datapath =
                    NodeDatapath.open(topology.node(), listener(topology, AttachMethod.TCX, List.of("eth0", "eth1")));
            assertDelivered(topology, SECOND_CLIENT, SECOND);
            datapath.configure(listener(topology, AttachMethod.TCX, List.of("eth0")));
            long before = datapath.counters(0).stats().packetsReceived();
            assertDelivered(topology, TopologyPlan.CLIENT_ADDRESS, FIRST);
            try (DatagramSender sender = DatagramSender.open(topology.client(), SECOND_CLIENT)) {
                sender.send(SendPlan.to(SECOND).datagrams(1));
                // By the first wire behind it: when that one is counted, the other has been seen, or never will be.
                assertDelivered(topology, TopologyPlan.CLIENT_ADDRESS, FIRST);
            }
            assertEquals(before + 2 * DATAGRAMS, datapath.counters(0).stats().packetsReceived());
            assertFalse(datapath.state(0).interfaces().stream()
                    .anyMatch(each -> each.name().equals("eth1")));
            datapath.close();
        }
    }
}
