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
import dev.udpfanout.loader.datapath.kernel.NodeDatapath;
import dev.udpfanout.loader.datapath.kernel.WayIn;
import dev.udpfanout.loader.datapath.network.Network;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Somebody else has a program on the same hook. */
@Tag("kernel")
class SharedHookTest {
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final int DATAGRAMS = 30;

    @ParameterizedTest
    @EnumSource(names = {"NIC_TCX", "NIC_CLSACT"})
    void shouldRunTheOthersFilterForWhatIsNotOursWhenItCameFirst(WayIn wayIn) {
        try (Topology topology = Topology.builder().pods(1).build();
                NeighbourProgram neighbour = NeighbourProgram.load()) {
            int nic = nicIndex(topology);
            topology.node().call(() -> ClsactFilter.createQdisc(nic, "eth0"));
            ClsactFilter others = topology.node()
                    .call(() -> ClsactFilter.attach(neighbour.program(), nic, "eth0", HookPoint.INGRESS, 100));
            try (NodeDatapath datapath = wayIn.open(topology)) {
                sendOursAndOthers(topology, datapath, neighbour);
            }
            assertTrue(topology.node().call(others::isAttached), "ours went, the other's stays");
        }
    }

    @Test
    void shouldRunTheOthersTcxProgramForWhatIsNotOursWhenItCameFirst() {
        try (Topology topology = Topology.builder().pods(1).build();
                NeighbourProgram neighbour = NeighbourProgram.load()) {
            int nic = nicIndex(topology);
            // It ends the chain: ours sees something only because it goes before.
            try (TcxLink others = topology.node()
                    .call(() -> TcxLink.attachFirst(neighbour.program(), nic, "eth0", HookPoint.INGRESS))) {
                try (NodeDatapath datapath = WayIn.NIC_TCX.open(topology)) {
                    sendOursAndOthers(topology, datapath, neighbour);
                }
                assertTrue(others.isAttached(), "ours went, the other's stays");
            }
        }
    }

    @Test
    void shouldLeaveTheOthersFilterAtOurPriorityWhenDetaching() {
        try (Topology topology = Topology.builder().pods(1).build();
                NeighbourProgram neighbour = NeighbourProgram.load()) {
            int nic = nicIndex(topology);
            topology.node().call(() -> ClsactFilter.createQdisc(nic, "eth0"));
            ClsactFilter others = topology.node()
                    .call(() -> ClsactFilter.attach(neighbour.program(), nic, "eth0", HookPoint.INGRESS, 1));
            NodeDatapath datapath = WayIn.NIC_CLSACT.open(topology);
            datapath.close();
            assertTrue(topology.node().call(others::isAttached));
            String left = topology.node().exec("tc", "filter", "show", "dev", "eth0", "ingress");
            assertFalse(left.contains("udp_fanout"), left);
        }
    }

    /** It is older than clsact, and in the same place; it has the one hook that a NIC needs. */
    @Test
    void shouldGoIntoTheOthersIngressQdiscAndLeaveIt() {
        try (Topology topology = Topology.builder().pods(1).build()) {
            topology.node().exec("tc", "qdisc", "add", "dev", "eth0", "ingress");
            try (NodeDatapath datapath = WayIn.NIC_CLSACT.open(topology);
                    DatagramSender sender = DatagramSender.open(topology.client(), "192.168.1.10");
                    PodReceivers pods = PodReceivers.start(topology.pods(), WayIn.POD_PORT, sender.runId())) {
                sender.send(SendPlan.to(WayIn.NIC_CLSACT.destination(topology)).datagrams(DATAGRAMS));
                assertTrue(pods.awaitReceived(DATAGRAMS, LIMIT));
                assertEquals("clsact", datapath.state(0).attachment());
                int removed = topology.node().call(() -> {
                    try (Network network = Network.open()) {
                        return Leftovers.remove(network);
                    }
                });
                assertEquals(2, removed, "on eth0, and the one for ICMP errors on cni0");
            }
            assertEquals("", topology.node().exec("tc", "filter", "show", "dev", "eth0", "ingress"));
            String left = topology.node().exec("tc", "qdisc", "show", "dev", "eth0");
            assertTrue(left.contains("qdisc ingress"), left);
        }
    }

    private static void sendOursAndOthers(Topology topology, NodeDatapath datapath, NeighbourProgram neighbour) {
        DatagramSender sender = DatagramSender.open(topology.client(), "192.168.1.10");
        PodReceivers pods = PodReceivers.start(topology.pods(), WayIn.POD_PORT, sender.runId());
        // The link is quiet but for this: what the neighbour sees more is what we let pass.
        sender.send(SendPlan.to(WayIn.NIC_TCX.destination(topology)).datagrams(DATAGRAMS));
        assertTrue(pods.awaitReceived(DATAGRAMS, LIMIT));
        assertEquals(DATAGRAMS, datapath.counters(0).stats().packetsForwarded());
        long before = neighbour.seen();
        InetSocketAddress notOurs = new InetSocketAddress("192.168.1.1", 9);
        sender.send(SendPlan.to(notOurs).datagrams(DATAGRAMS));
        assertTrue(
                dev.udpfanout.lab.BoundedWait.until(() -> neighbour.seen() >= before + DATAGRAMS, LIMIT),
                () -> "the neighbour saw " + (neighbour.seen() - before));
        assertEquals(DATAGRAMS, datapath.counters(0).stats().packetsReceived(), "and these were not ours");
        pods.close();
    }

    private static int nicIndex(Topology topology) {
        return topology.node().call(() -> {
            try (Network network = Network.open()) {
                return network.links().byName("eth0").orElseThrow().index();
            }
        });
    }
}
