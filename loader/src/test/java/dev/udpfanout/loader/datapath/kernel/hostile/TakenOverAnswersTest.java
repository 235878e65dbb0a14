package dev.udpfanout.loader.datapath.kernel.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.frames.FrameSender;
import dev.udpfanout.lab.frames.Udp6Frame;
import dev.udpfanout.lab.frames.UdpFrame;
import dev.udpfanout.lab.kubeproxy.ExternalTrafficPolicy;
import dev.udpfanout.lab.kubeproxy.KubeProxy;
import dev.udpfanout.lab.kubeproxy.KubeProxyRules;
import dev.udpfanout.lab.traffic.EchoClient;
import dev.udpfanout.lab.traffic.EchoResponder;
import dev.udpfanout.loader.config.FlowsConfig;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.datapath.ListenerText;
import dev.udpfanout.loader.datapath.kernel.NodeDatapath;
import dev.udpfanout.loader.datapath.kernel.WayIn;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A client talks to a pod past the listener, and somebody else sends to the listener in its name: what the pod answers
 * to the client is not to leave from the listener's address, where the client does not expect it.
 */
@Tag("kernel")
class TakenOverAnswersTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int QUESTIONS = 5;
    private static final int SOCKETS = 3;
    private static final int FLOWS = 1024;
    private static final Duration COUNTED_OFTEN = Duration.ofSeconds(2);

    /** Of kube-proxy's, with the pod itself behind it. */
    private static final InetSocketAddress OTHER_SERVICE = new InetSocketAddress(TopologyPlan.VIP, 53);

    static Stream<Arguments> waysAndFamilies() {
        return Stream.of(WayIn.values())
                .flatMap(wayIn -> Stream.of(StandardProtocolFamily.INET, StandardProtocolFamily.INET6)
                        .map(family -> Arguments.of(wayIn, family)));
    }

    private static Topology topology(boolean ipv6) {
        return Topology.builder().pods(1).ipv6(ipv6).verifyChecksums(true).build();
    }

    private static ListenerConfig listener(WayIn wayIn, List<InetSocketAddress> pods) {
        ListenerConfig like = wayIn.listener(pods);
        String host = like.bind().getAddress().getHostAddress();
        return ListenerText.on(
                        like.interfaces().getFirst(),
                        (host.contains(":") ? "[" + host + "]" : host) + ":"
                                + like.bind().getPort())
                .with("attach", like.attach())
                .with("hook", like.hook())
                .with("replies", true)
                .listener(pods);
    }

    /** On a NIC's way nothing else makes the node track connections. */
    private static void trackConnections(
            Topology topology, WayIn wayIn, InetSocketAddress service, InetSocketAddress pod) {
        if (!wayIn.isOnDummy()) {
            new KubeProxy(topology).load(KubeProxyRules.labService(service, ExternalTrafficPolicy.LOCAL, List.of(pod)));
        }
    }

    private static DatagramSocket connected(Topology topology, String from, InetSocketAddress to) {
        return topology.client().closedWithTopology(topology.client().call(() -> {
            DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getByName(from), 0));
            socket.connect(to);
            socket.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
            return socket;
        }));
    }

    /** A connected socket takes what comes from where it has sent to, and nothing else. */
    private static int ask(DatagramSocket socket) throws Exception {
        int answered = 0;
        for (int number = 0; number < QUESTIONS; number++) {
            socket.send(new DatagramPacket(new byte[] {(byte) number}, 1));
            try {
                socket.receive(new DatagramPacket(new byte[1], 1));
                answered++;
            } catch (SocketTimeoutException e) {
                return answered;
            }
        }
        return answered;
    }

    private static void forge(
            Topology topology, NodeDatapath datapath, DatagramSocket victim, InetSocketAddress listener) {
        InetSocketAddress from = new InetSocketAddress(victim.getLocalAddress(), victim.getLocalPort());
        byte[] payload = {7};
        byte[] frame = listener.getAddress().getAddress().length == 4
                ? UdpFrame.between(from, listener).payload(payload).build()
                : Udp6Frame.between(from, listener).payload(payload).build();
        long before = datapath.counters(0).stats().packetsForwarded();
        try (FrameSender forger = FrameSender.open(topology.client(), "eth0")) {
            forger.send(frame);
        }
        assertTrue(
                BoundedWait.until(() -> datapath.counters(0).stats().packetsForwarded() == before + 1, LIMIT),
                () -> "the forged datagram: " + datapath.counters(0));
    }

    @ParameterizedTest
    @MethodSource("waysAndFamilies")
    void shouldLeaveAnswersToDirectQuestionsAloneWhenSomebodyForgesTheClient(WayIn wayIn, StandardProtocolFamily family)
            throws Exception {
        boolean ipv6 = family == StandardProtocolFamily.INET6;
        try (Topology topology = topology(ipv6)) {
            List<InetSocketAddress> pods =
                    ipv6 ? topology.podEndpoints6(WayIn.POD_PORT) : topology.podEndpoints(WayIn.POD_PORT);
            String client = ipv6 ? TopologyPlan.CLIENT_ADDRESS6 : TopologyPlan.CLIENT_ADDRESS;
            trackConnections(
                    topology,
                    wayIn,
                    new InetSocketAddress(ipv6 ? TopologyPlan.VIP6 : TopologyPlan.VIP, OTHER_SERVICE.getPort()),
                    pods.getFirst());
            NodeDatapath datapath = wayIn.open(topology, listener(wayIn, pods));
            EchoResponder.start(topology.pod(1), WayIn.POD_PORT);
            InetSocketAddress to = wayIn.destination(topology, family);

            DatagramSocket direct = connected(topology, client, pods.getFirst());
            assertEquals(QUESTIONS, ask(direct), "before");
            forge(topology, datapath, direct, to);
            assertEquals(QUESTIONS, ask(direct), () -> "after: " + datapath.counters(0));

            long answered = EchoClient.ask(topology.client(), client, to, SOCKETS, QUESTIONS, PATIENCE);
            assertEquals(SOCKETS * QUESTIONS, answered, () -> "by the listener: " + datapath.counters(0));
            assertEquals(QUESTIONS, ask(direct), "beside the listener's flows");
        }
    }

    /** The pod is behind another Service, too, and kube-proxy has to translate what it answers. */
    @ParameterizedTest
    @EnumSource(names = {"NIC_TCX", "NIC_CLSACT"})
    void shouldLeaveAnswersOfAnotherServiceAloneWhenSomebodyForgesTheClient(WayIn wayIn) throws Exception {
        try (Topology topology = topology(false)) {
            List<InetSocketAddress> pods = topology.podEndpoints(WayIn.POD_PORT);
            trackConnections(topology, wayIn, OTHER_SERVICE, pods.getFirst());
            NodeDatapath datapath = wayIn.open(topology, listener(wayIn, pods));
            EchoResponder.start(topology.pod(1), WayIn.POD_PORT);

            DatagramSocket other = connected(topology, TopologyPlan.CLIENT_ADDRESS, OTHER_SERVICE);
            assertEquals(QUESTIONS, ask(other), "before");
            forge(topology, datapath, other, wayIn.destination(topology));
            assertEquals(QUESTIONS, ask(other), () -> "after: " + datapath.counters(0));
        }
    }

    /** An operator who reads of a lack of room would raise flows.max, and nothing would change. */
    @Test
    void shouldCountSuchAFlowApartFromOneThatFindsNoRoom() throws Exception {
        try (Topology topology = topology(false)) {
            List<InetSocketAddress> pods = topology.podEndpoints(WayIn.POD_PORT);
            trackConnections(topology, WayIn.NIC_TCX, OTHER_SERVICE, pods.getFirst());
            KernelProgram program = topology.node()
                    .call(() -> KernelProgram.load(
                            KernelProgram.builtIn(), Optional.empty(), new FlowsConfig(FLOWS, COUNTED_OFTEN)));
            NodeDatapath datapath = NodeDatapath.open(topology.node(), program, listener(WayIn.NIC_TCX, pods));
            EchoResponder.start(topology.pod(1), WayIn.POD_PORT);
            DatagramSocket other = connected(topology, TopologyPlan.CLIENT_ADDRESS, OTHER_SERVICE);
            assertEquals(QUESTIONS, ask(other));
            forge(topology, datapath, other, WayIn.NIC_TCX.destination(topology));
            assertTrue(
                    BoundedWait.until(() -> refusals(datapath).equals(List.of(0L, 1L)), LIMIT),
                    () -> "no room, expected elsewhere: " + refusals(datapath));
        }
    }

    private static List<Long> refusals(NodeDatapath datapath) {
        return datapath.flows()
                .map(flows -> List.of(flows.withoutRoom(), flows.expectedElsewhere()))
                .orElse(List.of());
    }
}
