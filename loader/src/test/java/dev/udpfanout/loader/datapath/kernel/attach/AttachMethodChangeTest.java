package dev.udpfanout.loader.datapath.kernel.attach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.traffic.EchoClient;
import dev.udpfanout.lab.traffic.EchoResponder;
import dev.udpfanout.loader.SequenceTraffic;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ListenerConfig.AttachMethod;
import dev.udpfanout.loader.datapath.ListenerText;
import dev.udpfanout.loader.datapath.kernel.NodeDatapath;
import dev.udpfanout.loader.datapath.kernel.WayIn;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A running datapath, of which nothing is pinned, is told to attach in another way. */
@Tag("kernel")
class AttachMethodChangeTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int PER_SECOND = 20_000;
    private static final int DATAGRAMS = 1_000;
    private static final int ANSWERING_PORT = 40515;
    private static final int QUESTIONS = 20;

    private Topology topology;
    private SequenceTraffic.Receiver receiver;

    @BeforeEach
    void setUp() {
        topology = Topology.builder().pods(1).build();
        receiver = topology.pod(1).closedWithTopology(new SequenceTraffic.Receiver(topology.pod(1), WayIn.POD_PORT));
    }

    @AfterEach
    void tearDown() {
        topology.close();
    }

    private ListenerConfig listener(WayIn wayIn, AttachMethod attach) {
        return ListenerText.on(
                        wayIn.isOnDummy() ? "dummy0" : "eth0", wayIn.isOnDummy() ? "10.255.0.1:5514" : "0.0.0.0:5514")
                .with("attach", attach)
                .with("hook", wayIn.listener(topology).hook())
                .listener(topology.podEndpoints(WayIn.POD_PORT));
    }

    private void assertNothingLostOver(Runnable change, InetSocketAddress destination) throws Exception {
        try (SequenceTraffic traffic = new SequenceTraffic(topology.client(), destination, PER_SECOND)) {
            assertTrue(BoundedWait.until(() -> traffic.next() > DATAGRAMS, LIMIT));
            change.run();
            long after = traffic.next() + DATAGRAMS;
            assertTrue(BoundedWait.until(() -> traffic.next() > after, LIMIT));
            long sent = traffic.stop();
            assertTrue(
                    BoundedWait.until(() -> receiver.received() >= sent, LIMIT),
                    () -> "sent " + sent + ", received " + receiver.received());
            assertEquals(sent, receiver.received(), "no duplicates");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "NIC_TCX, TCX, AUTO, tcx",
        "NIC_TCX, AUTO, TCX, tcx",
        "NIC_TCX, AUTO, CLSACT, clsact",
        "NIC_CLSACT, CLSACT, AUTO, tcx",
        "DUMMY_TCX, TCX, AUTO, tcx",
        "DUMMY_CLSACT, CLSACT, AUTO, tcx",
        "DUMMY_EGRESS_TCX, TCX, AUTO, tcx",
        "DUMMY_EGRESS_TCX, TCX, CLSACT, clsact"
    })
    void shouldLoseNothingWhenTheMethodChanges(WayIn wayIn, AttachMethod before, AttachMethod after, String method)
            throws Exception {
        NodeDatapath datapath = wayIn.open(topology, listener(wayIn, before));
        assertNothingLostOver(() -> datapath.configure(listener(wayIn, after)), wayIn.destination(topology));
        assertEquals(method, datapath.state(0).attachment());
        datapath.reconcile();
        assertEquals(Set.of(0L), Set.copyOf(datapath.repairs().values()));
        datapath.close();
    }

    /** Where an ingress qdisc has the place of clsact, the kernel would put a filter for egress at ingress. */
    @Test
    void shouldLoseNothingWhenTheMethodCannotBeHad() throws Exception {
        WayIn wayIn = WayIn.DUMMY_EGRESS_TCX;
        NodeDatapath datapath = wayIn.open(topology, listener(wayIn, AttachMethod.TCX));
        topology.node().exec("tc", "qdisc", "add", "dev", "dummy0", "ingress");
        assertNothingLostOver(
                () -> {
                    RuntimeException refused = assertThrows(
                            RuntimeException.class, () -> datapath.configure(listener(wayIn, AttachMethod.CLSACT)));
                    assertTrue(refused.getMessage().contains("tc qdisc del dev dummy0 ingress"), refused.getMessage());
                    assertFalse(datapath.state(0).attached());
                    assertThrows(RuntimeException.class, datapath::reconcile, "as long as it is asked for");
                    datapath.configure(listener(wayIn, AttachMethod.TCX));
                },
                wayIn.destination(topology));
        assertEquals("tcx", datapath.state(0).attachment());
        assertEquals(Set.of(0L), Set.copyOf(datapath.repairs().values()));
        datapath.close();
    }

    @Test
    void shouldLoseNothingWhenTheHookChanges() throws Exception {
        NodeDatapath datapath = WayIn.DUMMY_TCX.open(topology, listener(WayIn.DUMMY_TCX, AttachMethod.AUTO));
        assertNothingLostOver(
                () -> {
                    datapath.configure(listener(WayIn.DUMMY_EGRESS_TCX, AttachMethod.AUTO));
                    datapath.configure(listener(WayIn.DUMMY_TCX, AttachMethod.CLSACT));
                    datapath.configure(listener(WayIn.DUMMY_EGRESS_TCX, AttachMethod.CLSACT));
                    datapath.configure(listener(WayIn.DUMMY_TCX, AttachMethod.TCX));
                },
                WayIn.DUMMY_TCX.destination(topology));
        assertEquals("tcx", datapath.state(0).attachment());
        assertEquals(Set.of(0L), Set.copyOf(datapath.repairs().values()));
        datapath.close();
    }

    /** While the kernel makes a qdisc, what the link sends is lost: a route that was away must not cost that. */
    @ParameterizedTest
    @CsvSource({"TCX, CLSACT", "CLSACT, TCX", "AUTO, CLSACT"})
    void shouldComeBackAsBeforeWhenTheRouteToEndpointsWasAway(AttachMethod first, AttachMethod later) {
        String route = "10.42.0.0/24 dev cni0 proto kernel scope link src 10.42.0.1";
        NodeDatapath datapath = WayIn.NIC_TCX.open(topology, listener(WayIn.NIC_TCX, first));
        String before = onPodsInterface();
        datapath.configure(listener(WayIn.NIC_TCX, later));
        assertEquals(before, onPodsInterface());

        topology.node().exec(("ip route del " + route).split(" "));
        datapath.reconcile();
        topology.node().exec(("ip route add " + route).split(" "));
        datapath.reconcile();

        assertEquals(before, onPodsInterface());
        datapath.close();
    }

    /** Its qdiscs, and which of our filters are there. */
    private String onPodsInterface() {
        String filters = topology.node().exec("tc", "filter", "show", "dev", "cni0", "ingress");
        return topology.node().exec("tc", "qdisc", "show", "dev", "cni0")
                + (filters.contains("udp_fanout_icmp") ? "the program for ICMP errors" : "");
    }

    @Test
    void shouldSeeAnswersAtEachMomentWhenTheMethodChanges() {
        try (EchoResponder responder = EchoResponder.start(topology.pod(1), ANSWERING_PORT)) {
            // While the kernel makes a qdisc, what the link sends is lost: it is there already.
            for (String link : List.of("eth0", "cni0")) {
                topology.node().exec("tc", "qdisc", "add", "dev", link, "clsact");
            }
            NodeDatapath datapath = NodeDatapath.open(topology.node(), answering(AttachMethod.TCX));
            for (AttachMethod method : List.of(
                    AttachMethod.CLSACT, AttachMethod.TCX, AttachMethod.AUTO, AttachMethod.CLSACT, AttachMethod.AUTO)) {
                CompletableFuture<Void> change =
                        CompletableFuture.runAsync(() -> datapath.configure(answering(method)));
                do {
                    assertEquals(QUESTIONS, ask(), "while it becomes " + method);
                } while (!change.isDone());
                change.join();
                assertEquals(QUESTIONS, ask());
                String filters = topology.node().exec("tc", "filter", "show", "dev", "cni0", "ingress");
                assertEquals(method == AttachMethod.CLSACT, filters.contains("udp_fanout_back"), filters);
            }
            assertEquals(Set.of(0L), Set.copyOf(datapath.repairs().values()));
            datapath.close();
        }
    }

    private ListenerConfig answering(AttachMethod attach) {
        return ListenerText.on("eth0", "0.0.0.0:5514")
                .with("attach", attach)
                .with("replies", true)
                .listener(topology.podEndpoints(ANSWERING_PORT));
    }

    private long ask() {
        return EchoClient.ask(
                topology.client(),
                TopologyPlan.CLIENT_ADDRESS,
                WayIn.NIC_TCX.destination(topology),
                QUESTIONS,
                1,
                Duration.ofSeconds(2));
    }
}
