package dev.udpfanout.loader.datapath.userspace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.datapath.ListenerCounters;
import dev.udpfanout.loader.datapath.ListenerState;
import dev.udpfanout.loader.datapath.ListenerText;
import dev.udpfanout.loader.datapath.ReplyCounters;
import dev.udpfanout.loader.datapath.mode.NodeModes;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Requests from outside, answered by pods, in user space: from the VIP by kube-proxy and dummy0, and from the node's
 * address.
 */
@Tag("kernel")
class UserspaceRepliesTest {
    private static final int LIMIT_MS = 10_000;
    private static final int PODS = 3;
    private static final int CLIENTS = 12;
    private static final int ROUNDS = 5;
    private static final String NAME = "listener-0";

    private Topology topology;
    private EchoServers servers;

    /** How clients reach the listener. */
    enum Way {
        DUMMY(NodeModes.VIP),
        NIC(NodeModes.NODE),
        NIC_ADDRESS(NodeModes.NODE),
        DUMMY6(NodeModes.VIP6),
        NIC6(NodeModes.NODE6);

        private final InetSocketAddress destination;

        Way(InetSocketAddress destination) {
            this.destination = destination;
        }

        boolean isIpv6() {
            return destination.getAddress() instanceof Inet6Address;
        }

        ListenerText text() {
            return switch (this) {
                case DUMMY -> NodeModes.onDummy();
                case NIC -> NodeModes.onNic();
                case NIC_ADDRESS -> ListenerText.on("eth0", "192.168.1.1:5514");
                case DUMMY6 -> NodeModes.onDummy6();
                case NIC6 -> NodeModes.onNic6();
            };
        }
    }

    @BeforeEach
    void setUp() {
        topology =
                Topology.builder().pods(PODS).ipv6(true).verifyChecksums(true).build();
        NodeModes.loadKubeProxy(topology);
        NodeModes.loadKubeProxy6(topology);
        servers = EchoServers.start(topology.pods(), NodeModes.POD_PORT);
    }

    @AfterEach
    void tearDown() throws IOException {
        servers.close();
        topology.close();
    }

    private ListenerConfig listener(Way way, String io) {
        return way.text()
                .with("mode", "userspace")
                .with("io", io)
                .with("workers", 2)
                .with("replies", true)
                .listener(
                        way.isIpv6()
                                ? topology.podEndpoints6(NodeModes.POD_PORT)
                                : topology.podEndpoints(NodeModes.POD_PORT));
    }

    /** A client's socket takes nothing but what comes from where it has sent to. */
    private DatagramSocket client(Way way) {
        return topology.client().call(() -> {
            DatagramSocket socket = new DatagramSocket();
            socket.connect(way.destination);
            socket.setSoTimeout(LIMIT_MS);
            return socket;
        });
    }

    /** The number of the pod that has answered. */
    private static int ask(DatagramSocket client, byte[] request) throws IOException {
        client.send(new DatagramPacket(request, request.length));
        DatagramPacket reply = new DatagramPacket(new byte[request.length + 2], request.length + 2);
        client.receive(reply);
        byte[] received = Arrays.copyOf(reply.getData(), reply.getLength());
        assertArrayEquals(request, Arrays.copyOfRange(received, 1, received.length));
        return received[0];
    }

    @ParameterizedTest
    @CsvSource({
        "io_uring, DUMMY",
        "epoll, DUMMY",
        "nio, DUMMY",
        "io_uring, NIC",
        "epoll, NIC",
        "nio, NIC_ADDRESS",
        "io_uring, DUMMY6",
        "epoll, DUMMY6",
        "nio, DUMMY6",
        "io_uring, NIC6",
        "epoll, NIC6"
    })
    void shouldAnswerEveryRequestFromWhereItWasSentTo(String io, Way way) throws IOException {
        NodeModes modes = NodeModes.open(topology.node(), listener(way, io));
        assertEquals(new ListenerState("userspace", "configured", true, io), modes.state(NAME));
        Random random = new Random(5);
        Set<Integer> pods = new HashSet<>();
        // All open until the end: a port that is free again may be given to the next one, which would be the same
        // client.
        List<DatagramSocket> clients = new ArrayList<>();
        try {
            for (int i = 0; i < CLIENTS; i++) {
                DatagramSocket client = client(way);
                clients.add(client);
                Set<Integer> mine = new HashSet<>();
                for (int round = 0; round < ROUNDS; round++) {
                    byte[] request = new byte[round == 0 ? 3000 : random.nextInt(1400)];
                    random.nextBytes(request);
                    mine.add(ask(client, request));
                }
                assertEquals(1, mine.size(), () -> "a client stays with a pod: " + mine);
                pods.addAll(mine);
            }
        } finally {
            clients.forEach(DatagramSocket::close);
        }
        assertEquals(Set.of(0, 1, 2), pods, "clients are spread");
        // A reply may be with its client before the worker has counted it.
        BoundedWait.until(
                () -> modes.counters(NAME).replies().orElseThrow().packetsForwarded() == CLIENTS * ROUNDS,
                Duration.ofSeconds(5));
        assertEquals(CLIENTS * ROUNDS, modes.counters(NAME).stats().packetsForwarded());
        assertEquals(0, modes.counters(NAME).stats().packetsDropped());
        assertCounted(modes.counters(NAME));
        Set<InetAddress> seen =
                servers.sources().stream().map(InetSocketAddress::getAddress).collect(Collectors.toSet());
        assertEquals(
                Set.of(InetAddress.ofLiteral(way.isIpv6() ? TopologyPlan.POD_GATEWAY6 : TopologyPlan.POD_GATEWAY)),
                seen);
    }

    /** As many replies as requests, each a byte longer. */
    private static void assertCounted(ListenerCounters counters) {
        ReplyCounters replies = counters.replies().orElseThrow();
        assertEquals(OptionalLong.of(CLIENTS), replies.flows());
        assertEquals(CLIENTS, replies.flowsCreated());
        assertEquals(Map.of("evicted", 0L, "expired", 0L), replies.flowsEnded());
        assertEquals(CLIENTS * ROUNDS, replies.packetsForwarded());
        assertEquals(counters.stats().bytesForwarded() + CLIENTS * ROUNDS, replies.bytesForwarded());
        assertEquals(Map.of("too_long", 0L, "send_failed", 0L), replies.packetsDropped());
    }

    @Test
    void shouldAskAnotherPodWhenTheOneHasLeft() throws IOException {
        NodeModes modes = NodeModes.open(topology.node(), listener(Way.DUMMY, "auto"));
        List<InetSocketAddress> pods = topology.podEndpoints(NodeModes.POD_PORT);
        try (DatagramSocket client = client(Way.DUMMY)) {
            int first = ask(client, new byte[100]);
            modes.apply(NAME, List.of(pods.get((first + 1) % PODS)));
            assertEquals((first + 1) % PODS, ask(client, new byte[100]));
            modes.apply(NAME, pods);
            assertEquals((first + 1) % PODS, ask(client, new byte[100]), "as long as it is there");
        }
        assertEquals(3, servers.answered());
    }

    @Test
    void shouldAnswerAgainWhenRepliesAreTurnedOnWhileRunning() throws IOException {
        ListenerConfig without = NodeModes.onDummy()
                .with("mode", "userspace")
                .with("workers", 2)
                .listener(topology.podEndpoints(NodeModes.POD_PORT));
        NodeModes modes = NodeModes.open(topology.node(), without);
        modes.configure(listener(Way.DUMMY, "auto"));
        assertTrue(modes.state(NAME).attached());
        try (DatagramSocket client = client(Way.DUMMY)) {
            ask(client, new byte[100]);
        }
    }
}
