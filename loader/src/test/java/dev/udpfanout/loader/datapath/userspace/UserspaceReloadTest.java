package dev.udpfanout.loader.datapath.userspace;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.forwarder.config.ForwarderException;
import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.SendPlan;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.datapath.ListenerText;
import dev.udpfanout.loader.datapath.mode.NodeModes;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A change of a listener's sockets in user space: in force whole, or what was before it is. */
@Tag("kernel")
class UserspaceReloadTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int DATAGRAMS = 40;
    private static final int PORT = NodeModes.NODE.getPort();
    private static final int OTHER_PORT = PORT + 1;
    private static final String NAME = "listener-0";
    /** More than any machine of the lab has. */
    private static final int NO_CPU = 1023;

    private Topology topology;

    @BeforeEach
    void setUp() {
        topology = Topology.builder().pods(2).build();
    }

    @AfterEach
    void tearDown() {
        topology.close();
    }

    private static ListenerText text(String io, int port) {
        return ListenerText.on("eth0", "0.0.0.0:" + port)
                .with("mode", "userspace")
                .with("io", io)
                .with("workers", 1)
                .with("source", "node");
    }

    private static ListenerText two(ListenerText text) {
        return text.with("name", "two");
    }

    private ListenerConfig listener(ListenerText text) {
        return text.listener(topology.podEndpoints(NodeModes.POD_PORT));
    }

    private void assertForwards(NodeModes modes, int port) {
        long before = modes.counters(NAME).stats().packetsForwarded();
        try (DatagramSender sender = DatagramSender.open(topology.client(), TopologyPlan.CLIENT_ADDRESS)) {
            sender.send(SendPlan.to(new InetSocketAddress(NodeModes.NODE.getAddress(), port))
                    .datagrams(DATAGRAMS));
        }
        assertTrue(
                BoundedWait.until(() -> modes.counters(NAME).stats().packetsForwarded() == before + DATAGRAMS, LIMIT),
                () -> modes.counters(NAME).toString());
        assertTrue(modes.state(NAME).attached());
    }

    @ParameterizedTest
    @CsvSource({"io_uring, false", "epoll, false", "nio, false", "epoll, true"})
    void shouldGoOnWithTheOldPortUntilTheNewOneIsFree(String io, boolean replies) throws Exception {
        NodeModes modes =
                NodeModes.open(topology.node(), listener(text(io, PORT).with("replies", replies)));
        ListenerConfig moved = listener(text(io, OTHER_PORT).with("replies", replies));
        try (DatagramChannel taken =
                topology.node().call(() -> DatagramChannel.open().bind(new InetSocketAddress(OTHER_PORT)))) {
            assertThrows(ForwarderException.class, () -> modes.configure(moved));
            assertForwards(modes, PORT);
        }
        modes.reconcile();
        assertForwards(modes, OTHER_PORT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "nio"})
    void shouldOpenTheOldSocketsAgainWhenNewOnesOnTheSamePortAreNotPossible(String io) {
        NodeModes modes = NodeModes.open(topology.node(), listener(text(io, PORT)));
        assertForwards(modes, PORT);
        ListenerConfig pinned = listener(text(io, PORT).with("cpus", "[" + NO_CPU + "]"));
        assertThrows(ForwarderException.class, () -> modes.configure(pinned));
        assertForwards(modes, PORT);
        modes.configure(listener(text(io, PORT).with("cpus", "[0]")));
        assertForwards(modes, PORT);
    }

    @Test
    void shouldKeepEveryListenerAsItWasWhenOneCannotChange() throws Exception {
        ListenerConfig one = listener(text("epoll", PORT));
        ListenerConfig two = listener(two(text("epoll", PORT + 2)));
        NodeModes modes = NodeModes.open(topology.node(), one, two);
        try (DatagramChannel taken =
                topology.node().call(() -> DatagramChannel.open().bind(new InetSocketAddress(PORT + 3)))) {
            ListenerConfig oneMoved = listener(text("epoll", OTHER_PORT));
            ListenerConfig twoMoved = listener(two(text("epoll", PORT + 3)));
            assertThrows(ForwarderException.class, () -> modes.configure(oneMoved, twoMoved));
            assertForwards(modes, PORT);
            assertTrue(modes.state("two").attached());
        }
    }

    @Test
    void shouldExchangeThePortsOfTwoListeners() {
        NodeModes modes = NodeModes.open(
                topology.node(), listener(text("epoll", PORT)), listener(two(text("epoll", OTHER_PORT))));
        modes.configure(listener(text("epoll", OTHER_PORT)), listener(two(text("epoll", PORT))));
        assertForwards(modes, OTHER_PORT);
    }
}
