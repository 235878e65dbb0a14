package dev.udpfanout.loader.datapath.way;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.EchoResponder;
import dev.udpfanout.lab.traffic.PathSocket;
import dev.udpfanout.lab.traffic.PodReceivers;
import dev.udpfanout.lab.traffic.ReceiverReport;
import dev.udpfanout.lab.traffic.SendPlan;
import dev.udpfanout.loader.datapath.ListenerText;
import dev.udpfanout.loader.datapath.kernel.NodeDatapath;
import dev.udpfanout.loader.datapath.kernel.WayIn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * On a NIC, where the program answers by itself: an ordinary socket, with path MTU discovery as Linux has it, loses one
 * datagram and then none, whichever endpoints the narrow way leads to and whatever the size. Endpoints learn likewise.
 */
@Tag("kernel")
class TaughtSenderTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int EACH = 12;
    private static final String VIP = "192.168.1.100";

    static Stream<Arguments> networks() {
        StandardProtocolFamily ipv4 = StandardProtocolFamily.INET;
        StandardProtocolFamily ipv6 = StandardProtocolFamily.INET6;
        return Stream.of(
                Arguments.of(
                        ipv4, TopologyPlan.NODE_ADDRESS, "ip route add 10.42.0.11/32 dev cni0 mtu 1450", 1450, true),
                Arguments.of(ipv4, TopologyPlan.NODE_ADDRESS, "ip link set cni0 mtu 1000", 1000, false),
                Arguments.of(ipv4, VIP, "ip route add 10.42.0.12/32 dev cni0 mtu lock 1450", 1450, false),
                Arguments.of(ipv4, VIP, "ip link set cni0 mtu 1400", 1400, true),
                Arguments.of(
                        ipv6,
                        TopologyPlan.NODE_ADDRESS6,
                        "ip -6 route add 2001:db8:42::11/128 dev cni0 mtu 1450",
                        1450,
                        true),
                Arguments.of(ipv6, TopologyPlan.NODE_ADDRESS6, "ip link set cni0 mtu 1400", 1400, false));
    }

    private static int learnt(LabNamespace namespace, String from, InetSocketAddress to) {
        return namespace.call(() -> {
            try (PathSocket socket = PathSocket.open(InetAddress.ofLiteral(from))) {
                return socket.pathMtu(to);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("networks")
    void shouldLoseOneDatagramAndThenNone(
            StandardProtocolFamily family, String destination, String narrow, int mtu, boolean verifyChecksums) {
        boolean ipv6 = family == StandardProtocolFamily.INET6;
        String client = ipv6 ? TopologyPlan.CLIENT_ADDRESS6 : TopologyPlan.CLIENT_ADDRESS;
        InetSocketAddress to = new InetSocketAddress(destination, WayIn.LISTENER_PORT);
        try (Topology topology = Topology.builder()
                .pods(3)
                .verifyChecksums(verifyChecksums)
                .ipv6(ipv6)
                .build()) {
            topology.node().exec(narrow.split(" "));
            NodeDatapath datapath = NodeDatapath.open(
                    topology.node(),
                    ListenerText.on("eth0", (ipv6 ? "[" + destination + "]" : destination) + ":" + WayIn.LISTENER_PORT)
                            .listener(
                                    ipv6
                                            ? topology.podEndpoints6(WayIn.POD_PORT)
                                            : topology.podEndpoints(WayIn.POD_PORT)));
            DatagramSender sender = DatagramSender.open(topology.client(), client);
            PodReceivers pods = PodReceivers.start(topology.pods(), WayIn.POD_PORT, family, sender.runId());
            int whole = 1500 - (ipv6 ? 48 : 28);

            sender.send(SendPlan.to(to).payloadBytes(whole));
            assertTrue(
                    BoundedWait.until(() -> learnt(topology.client(), client, to) == mtu, LIMIT),
                    () -> "the sender knows of " + learnt(topology.client(), client, to) + "; " + datapath.counters(0));
            assertEquals(0, pods.received(), "judged before an endpoint was chosen");
            for (int size : new int[] {whole, 900, 3_000, 9_000}) {
                sender.send(SendPlan.to(to).payloadBytes(size).datagrams(EACH));
            }
            assertTrue(
                    pods.awaitReceived(4 * EACH, LIMIT), () -> pods.received() + " arrived; " + datapath.counters(0));
            List<ReceiverReport> reports = pods.stop();
            assertEquals(0, reports.stream().mapToLong(ReceiverReport::corrupt).sum());
            assertTrue(reports.stream().allMatch(report -> report.received() > 0), "all endpoints get some");
            assertEquals(1, datapath.counters(0).stats().packetsDropped(), () -> "" + datapath.counters(0));
            assertEquals(1, datapath.counters(0).pathMtu().orElseThrow().answers());
        }
    }

    @ParameterizedTest
    @MethodSource("repliesBy")
    void shouldTeachAnEndpointWhoseAnswersAreTooLarge(WayIn wayIn) throws Exception {
        try (Topology topology = Topology.builder().pods(1).build()) {
            topology.node()
                    .exec(
                            "ip",
                            "route",
                            "add",
                            TopologyPlan.CLIENT_ADDRESS + "/32",
                            "dev",
                            "eth0",
                            "mtu",
                            "lock",
                            "1300");
            InetSocketAddress to = wayIn.destination(topology);
            NodeDatapath datapath = wayIn.openWithReplies(topology);
            EchoResponder responder = EchoResponder.start(topology.pods().getFirst(), WayIn.POD_PORT);
            InetSocketAddress client = new InetSocketAddress(TopologyPlan.CLIENT_ADDRESS, 4711);
            DatagramSocket socket = topology.client().call(() -> new DatagramSocket(client));
            socket.setSoTimeout(200);
            assertTrue(
                    BoundedWait.until(() -> answered(socket, to), LIMIT),
                    () -> responder.answered() + " sent; " + datapath.counters(0));
            assertEquals(1300, learnt(topology.pods().getFirst(), "10.42.0.11", client));
            for (int i = 0; i < EACH; i++) {
                assertTrue(answered(socket, to), () -> "lost after it was learnt; " + datapath.counters(0));
            }
            socket.close();
        }
    }

    static Stream<WayIn> repliesBy() {
        return Stream.of(WayIn.NIC_TCX, WayIn.DUMMY_TCX);
    }

    private static boolean answered(DatagramSocket socket, InetSocketAddress to) {
        byte[] question = new byte[1400];
        try {
            socket.send(new DatagramPacket(question, question.length, to));
            socket.receive(new DatagramPacket(new byte[2000], 2000));
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
