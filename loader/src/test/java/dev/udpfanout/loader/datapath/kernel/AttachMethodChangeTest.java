package dev.udpfanout.loader.datapath.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.loader.SequenceTraffic;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ListenerConfig.AttachMethod;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A running datapath, of which nothing is pinned, is told to attach in another way. */
@Tag("kernel")
class AttachMethodChangeTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int PER_SECOND = 20_000;
    private static final int DATAGRAMS = 1_000;

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
}
