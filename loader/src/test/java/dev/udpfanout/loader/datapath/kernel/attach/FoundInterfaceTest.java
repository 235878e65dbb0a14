package dev.udpfanout.loader.datapath.kernel.attach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.PodReceivers;
import dev.udpfanout.lab.traffic.SendPlan;
import dev.udpfanout.loader.datapath.ListenerText;
import dev.udpfanout.loader.datapath.kernel.NodeDatapath;
import dev.udpfanout.loader.datapath.kernel.WayIn;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Interfaces that somebody else has set up, in another way than we would. */
@Tag("kernel")
class FoundInterfaceTest {
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final int DATAGRAMS = 20;

    private Topology topology;

    @BeforeEach
    void setUp() {
        topology = Topology.builder().pods(1).ipv6(true).build();
    }

    @AfterEach
    void tearDown() {
        topology.close();
    }

    private void node(String command) {
        topology.node().exec(command.split(" "));
    }

    /** As udev gives them: {@code enp3s0} for {@code eno1}. */
    @ParameterizedTest
    @ValueSource(strings = {"tcx", "clsact"})
    void shouldStayOnAnInterfaceThatIsNamedByItsAlternativeName(String attach) {
        node("ip link property add dev eth0 altname alternative");
        NodeDatapath datapath = NodeDatapath.open(
                topology.node(),
                ListenerText.on("alternative", "0.0.0.0:5514")
                        .with("attach", attach)
                        .listener(topology.podEndpoints(WayIn.POD_PORT)));
        try (DatagramSender sender = DatagramSender.open(topology.client(), TopologyPlan.CLIENT_ADDRESS);
                PodReceivers pods = PodReceivers.start(topology.pods(), WayIn.POD_PORT, sender.runId())) {
            sender.send(SendPlan.to(WayIn.NIC_TCX.destination(topology)).datagrams(DATAGRAMS));
            assertTrue(pods.awaitReceived(DATAGRAMS, LIMIT), () -> "only " + pods.received() + " arrived");
        }
        datapath.reconcile();
        assertEquals(Set.of(0L), Set.copyOf(datapath.repairs().values()));
        datapath.close();
    }

    @Test
    void shouldDeliverAnIpv6AddressAgainThatWasAssignedWithItsNetwork() {
        node("ip link add dummy0 type bridge");
        node("ip address add " + WayIn.DUMMY_ADDRESS6 + "/64 dev dummy0 nodad");
        node("ip link set dummy0 up");
        String local = "local " + WayIn.DUMMY_ADDRESS6 + " dev dummy0";
        NodeDatapath datapath = NodeDatapath.open(
                topology.node(),
                ListenerText.on("dummy0", "[" + WayIn.DUMMY_ADDRESS6 + "]:5514")
                        .listener(topology.podEndpoints6(WayIn.POD_PORT)));
        assertTrue(!localRoutes().contains(local), this::localRoutes);
        datapath.close();
        assertTrue(localRoutes().contains(local), this::localRoutes);
        assertTrue(topology.node()
                .exec("ip", "-6", "address", "show", "dev", "dummy0")
                .contains(WayIn.DUMMY_ADDRESS6 + "/64"));
    }

    private String localRoutes() {
        return topology.node().exec("ip", "-6", "route", "show", "table", "local");
    }
}
