package dev.udpfanout.loader.datapath.kernel.attach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.libbpf.ClsactFilter;
import dev.udpfanout.bindings.libbpf.HookPoint;
import dev.udpfanout.bindings.libbpf.TcxLink;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.PodReceivers;
import dev.udpfanout.lab.traffic.SendPlan;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.datapath.InterfaceState;
import dev.udpfanout.loader.datapath.ListenerText;
import dev.udpfanout.loader.datapath.kernel.NodeDatapath;
import dev.udpfanout.loader.datapath.kernel.WayIn;
import dev.udpfanout.loader.datapath.network.Network;
import dev.udpfanout.loader.datapath.network.Repair;
import java.net.StandardProtocolFamily;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Somebody else goes before our program, and ends the chain: what comes for the listener never gets to it. */
@Tag("kernel")
class ChainOrderKernelTest {
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final int DATAGRAMS = 30;

    static Stream<Arguments> hooks() {
        return Stream.of(
                        Arguments.of(WayIn.NIC_TCX, HookPoint.INGRESS),
                        Arguments.of(WayIn.NIC_CLSACT, HookPoint.INGRESS),
                        Arguments.of(WayIn.DUMMY_TCX, HookPoint.INGRESS),
                        Arguments.of(WayIn.DUMMY_TCX, HookPoint.EGRESS),
                        Arguments.of(WayIn.DUMMY_CLSACT, HookPoint.EGRESS),
                        Arguments.of(WayIn.DUMMY_EGRESS_TCX, HookPoint.EGRESS),
                        Arguments.of(WayIn.DUMMY_EGRESS_CLSACT, HookPoint.EGRESS))
                .flatMap(hook -> Stream.of(StandardProtocolFamily.INET, StandardProtocolFamily.INET6)
                        .map(family -> Arguments.of(hook.get()[0], hook.get()[1], family)));
    }

    private static int index(String interfaceName) {
        try (Network network = Network.open()) {
            return network.links().byName(interfaceName).orElseThrow().index();
        }
    }

    private static String interfaceName(WayIn wayIn) {
        return wayIn.isOnDummy() ? "dummy0" : "eth0";
    }

    private static boolean isClsact(WayIn wayIn) {
        return wayIn.name().endsWith("CLSACT");
    }

    /** Goes before whoever is there; closed with the topology. */
    private static void goFirst(Topology topology, NeighbourProgram neighbour, WayIn wayIn, HookPoint hook) {
        topology.node().call(() -> {
            int ifindex = index(interfaceName(wayIn));
            return isClsact(wayIn)
                    ? ClsactFilter.attach(neighbour.program(), ifindex, interfaceName(wayIn), hook, 1)
                    : topology.node()
                            .closedWithTopology(
                                    TcxLink.attachFirst(neighbour.program(), ifindex, interfaceName(wayIn), hook));
        });
    }

    private static long delivered(Topology topology, WayIn wayIn, StandardProtocolFamily family, int expected) {
        boolean ipv6 = family == StandardProtocolFamily.INET6;
        try (DatagramSender sender = DatagramSender.open(topology.client(), ipv6 ? "2001:db8:1::10" : "192.168.1.10");
                PodReceivers pods = PodReceivers.start(topology.pods(), WayIn.POD_PORT, family, sender.runId())) {
            sender.send(SendPlan.to(wayIn.destination(topology, family)).datagrams(DATAGRAMS));
            pods.awaitReceived(expected, expected == 0 ? Duration.ofMillis(300) : LIMIT);
            return pods.received();
        }
    }

    @ParameterizedTest
    @MethodSource("hooks")
    void shouldGoFirstAgain(WayIn wayIn, HookPoint hook, StandardProtocolFamily family) {
        try (Topology topology = Topology.builder()
                        .pods(2)
                        .ipv6(family == StandardProtocolFamily.INET6)
                        .build();
                NeighbourProgram neighbour = NeighbourProgram.load();
                NodeDatapath datapath = wayIn.open(topology, family)) {
            goFirst(topology, neighbour, wayIn, hook);
            assertEquals(0, delivered(topology, wayIn, family, 0), "the neighbour ends the chain");
            datapath.reconcile();
            assertEquals(DATAGRAMS, delivered(topology, wayIn, family, DATAGRAMS));
            assertEquals(1, datapath.repairs().get(Repair.PROGRAM_MOVED_FIRST.label()));
            datapath.reconcile();
            assertEquals(1, datapath.repairs().get(Repair.PROGRAM_MOVED_FIRST.label()), "first, it stays");
            assertEquals("", datapath.state(0).interfaces().getFirst().behind());
        }
    }

    @Test
    void shouldGiveInWhenTheOtherInsistsAndSayWhoShadowsIt() {
        WayIn wayIn = WayIn.NIC_TCX;
        try (Topology topology = Topology.builder().pods(1).build();
                NeighbourProgram neighbour = NeighbourProgram.load();
                NodeDatapath datapath = wayIn.open(topology)) {
            int nic = topology.node().call(() -> index("eth0"));
            TcxLink others = null;
            for (int round = 0; round <= ChainOrder.MAX_MOVES; round++) {
                if (others != null) {
                    others.close();
                }
                others = topology.node()
                        .call(() -> TcxLink.attachFirst(neighbour.program(), nic, "eth0", HookPoint.INGRESS));
                datapath.reconcile();
            }
            assertEquals(ChainOrder.MAX_MOVES, datapath.repairs().get(Repair.PROGRAM_MOVED_FIRST.label()));
            InterfaceState state = datapath.state(0).interfaces().getFirst();
            assertTrue(state.behind().startsWith("neighbour (id "), state::toString);
            assertEquals(state.behind(), state.shadowedBy());
            assertFalse(datapath.state(0).attached(), "datagrams do not reach it");

            others.close();
            datapath.reconcile();
            assertTrue(datapath.state(0).attached());
            assertEquals("", datapath.state(0).interfaces().getFirst().behind());
            assertEquals(DATAGRAMS, delivered(topology, wayIn, StandardProtocolFamily.INET, DATAGRAMS));
        }
    }

    @Test
    void shouldLeaveTheOtherFirstWhenTheOperatorSaysSo() {
        WayIn wayIn = WayIn.NIC_TCX;
        try (Topology topology = Topology.builder().pods(1).build();
                NeighbourProgram neighbour = NeighbourProgram.load()) {
            ListenerConfig listener = ListenerText.on("eth0", "0.0.0.0:" + WayIn.LISTENER_PORT)
                    .with("attach", "tcx")
                    .with("order", "keep")
                    .listener(topology.podEndpoints(WayIn.POD_PORT));
            try (NodeDatapath datapath = wayIn.open(topology, listener)) {
                goFirst(topology, neighbour, wayIn, HookPoint.INGRESS);
                datapath.reconcile();
                assertEquals(0, datapath.repairs().get(Repair.PROGRAM_MOVED_FIRST.label()));
                assertFalse(datapath.state(0).attached());
            }
        }
    }

    /** TCX runs before clsact: nothing that we could do, and it is said. */
    @Test
    void shouldSayWhoIsBeforeAFilterThatCannotGoFirst() {
        try (Topology topology = Topology.builder().pods(1).build();
                NeighbourProgram neighbour = NeighbourProgram.load();
                NodeDatapath datapath = WayIn.NIC_CLSACT.open(topology)) {
            goFirst(topology, neighbour, WayIn.NIC_TCX, HookPoint.INGRESS);
            datapath.reconcile();
            assertEquals(0, datapath.repairs().get(Repair.PROGRAM_MOVED_FIRST.label()));
            assertFalse(datapath.state(0).attached());
            assertTrue(datapath.state(0).interfaces().getFirst().shadowedBy().startsWith("neighbour"));
        }
    }
}
