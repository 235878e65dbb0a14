package dev.udpfanout.loader.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.traffic.PodReceivers;
import dev.udpfanout.loader.datapath.ListenerText;
import dev.udpfanout.loader.datapath.mode.NodeModes;
import dev.udpfanout.loader.datapath.network.Network;
import dev.udpfanout.loader.trace.Fate.Outcome;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A node of the lab whose datagrams are traced. */
abstract class TraceLab {
    static final Duration PATIENCE = Duration.ofSeconds(5);
    static final int COUNT = 2;
    static final int PAYLOAD_BYTES = 64;
    static final long ANY_RUN = 1;

    Topology topology;

    @BeforeEach
    void setUp() {
        topology = Topology.builder().pods(2).ipv6(true).build();
    }

    @AfterEach
    void tearDown() {
        topology.close();
    }

    TraceReport trace(InetSocketAddress to, Optional<String> from, int payloadBytes) {
        return trace(to, from, payloadBytes, PATIENCE);
    }

    TraceReport trace(InetSocketAddress to, Optional<String> from, int payloadBytes, Duration patience) {
        return topology.node().call(() -> {
            try (Network network = Network.open()) {
                WayIn wayIn =
                        WayIn.choose(network, Optional.empty(), to.getAddress(), from.map(InetAddress::ofLiteral));
                return new Tracer(network, slot -> "syslog")
                        .trace(new TracePlan(wayIn, to, payloadBytes, COUNT, 0, patience));
            }
        });
    }

    TraceReport trace(InetSocketAddress to) {
        return trace(to, Optional.empty(), PAYLOAD_BYTES);
    }

    NodeModes serve(ListenerText listener) {
        return NodeModes.open(topology.node(), listener.listener(topology.podEndpoints(NodeModes.POD_PORT)));
    }

    NodeModes serve6(ListenerText listener) {
        return NodeModes.open(topology.node(), listener.listener(topology.podEndpoints6(NodeModes.POD_PORT)));
    }

    PodReceivers receivers() {
        return PodReceivers.start(topology.pods(), NodeModes.POD_PORT, ANY_RUN);
    }

    static List<String> places(TraceReport report) {
        return report.stories().getFirst().hops().stream().map(Hop::where).toList();
    }

    static void assertDelivered(TraceReport report) {
        assertTrue(report.isDelivered(), TraceText.of(report));
    }

    /** Every datagram died there, and for that. */
    static void assertDied(TraceReport report, String where, String cause) {
        assertFalse(report.stories().isEmpty(), "nothing was traced");
        for (Story story : report.stories()) {
            assertEquals(Outcome.LOST, story.fate().outcome(), TraceText.of(report));
            assertTrue(story.fate().where().startsWith(where), TraceText.of(report));
            assertTrue(story.fate().cause().contains(cause), TraceText.of(report));
            assertFalse(story.fate().remedy().isEmpty(), TraceText.of(report));
        }
        assertFalse(report.isDelivered());
    }
}
