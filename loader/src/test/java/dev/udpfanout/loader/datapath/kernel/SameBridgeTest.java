package dev.udpfanout.loader.datapath.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.libbpf.HookPoint;
import dev.udpfanout.bindings.libbpf.TcxLink;
import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.traffic.EchoClient;
import dev.udpfanout.lab.traffic.EchoResponder;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.datapath.ListenerText;
import dev.udpfanout.loader.datapath.network.Network;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A client that is a pod on the receivers' own bridge: what it is answered goes from port to port, and the node's IP
 * stack does not see it, nor the bridge's own hook.
 */
@Tag("kernel")
class SameBridgeTest {
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int RECEIVERS = 2;
    private static final int CLIENT = RECEIVERS + 1;
    private static final int SOCKETS = 4;
    private static final int QUESTIONS = 5;

    static Stream<Arguments> waysAndFamilies() {
        return ForwardingTest.waysAndFamilies();
    }

    private static Topology topology(StandardProtocolFamily family) {
        return Topology.builder()
                .pods(CLIENT)
                .ipv6(family == StandardProtocolFamily.INET6)
                .verifyChecksums(true)
                .build();
    }

    /** On a NIC's way the pods' datagrams come in by the bridge. */
    private static ListenerConfig listener(WayIn wayIn, Topology topology, StandardProtocolFamily family) {
        boolean ipv6 = family == StandardProtocolFamily.INET6;
        List<InetSocketAddress> pods =
                ipv6 ? topology.podEndpoints6(WayIn.POD_PORT) : topology.podEndpoints(WayIn.POD_PORT);
        ListenerConfig like = wayIn.listener(pods);
        String host = like.bind().getAddress().getHostAddress();
        return ListenerText.on(
                        wayIn.isOnDummy() ? "dummy0" : "cni0",
                        (ipv6 ? "[" + host + "]" : host) + ":" + WayIn.LISTENER_PORT)
                .with("attach", like.attach())
                .with("hook", like.hook())
                .with("replies", true)
                .listener(pods.subList(0, RECEIVERS));
    }

    private static InetSocketAddress destination(WayIn wayIn, Topology topology, StandardProtocolFamily family) {
        String gateway = family == StandardProtocolFamily.INET6 ? TopologyPlan.POD_GATEWAY6 : TopologyPlan.POD_GATEWAY;
        return wayIn.isOnDummy()
                ? wayIn.destination(topology, family)
                : new InetSocketAddress(gateway, WayIn.LISTENER_PORT);
    }

    private static String address(Topology topology, int pod, StandardProtocolFamily family) {
        return family == StandardProtocolFamily.INET6
                ? topology.plan().podAddress6(pod)
                : topology.plan().podAddress(pod);
    }

    private static long ask(Topology topology, int pod, StandardProtocolFamily family, InetSocketAddress to) {
        return EchoClient.ask(topology.pod(pod), address(topology, pod, family), to, SOCKETS, QUESTIONS, PATIENCE);
    }

    private static void startReceivers(Topology topology) {
        for (int pod = 1; pod <= RECEIVERS; pod++) {
            EchoResponder.start(topology.pod(pod), WayIn.POD_PORT);
        }
    }

    /** From a pod that is none of the receivers, and from each receiver, whose datagrams go to the other. */
    @ParameterizedTest
    @MethodSource("waysAndFamilies")
    void shouldAnswerFromTheAddressThatWasAskedWhenTheClientIsOnTheReceiversBridge(
            WayIn wayIn, StandardProtocolFamily family) {
        try (Topology topology = topology(family);
                NodeDatapath datapath = wayIn.open(topology, listener(wayIn, topology, family))) {
            startReceivers(topology);
            InetSocketAddress to = destination(wayIn, topology, family);
            long questions = (long) SOCKETS * QUESTIONS;
            for (int pod = CLIENT; pod > 0; pod--) {
                assertEquals(questions, ask(topology, pod, family, to), "pod" + pod + ": " + datapath.counters(0));
            }
            assertEquals(
                    CLIENT * questions,
                    datapath.counters(0).replies().orElseThrow().packetsForwarded());
        }
    }

    /** A connected socket of such a client is told that nobody listens. */
    @ParameterizedTest
    @MethodSource("waysAndFamilies")
    void shouldRefuseTheClientOnTheReceiversBridgeWhenNobodyListens(WayIn wayIn, StandardProtocolFamily family) {
        try (Topology topology = topology(family);
                NodeDatapath datapath = wayIn.open(topology, listener(wayIn, topology, family))) {
            LabNamespace pod = topology.pod(CLIENT);
            InetSocketAddress to = destination(wayIn, topology, family);
            DatagramChannel client =
                    pod.closedWithTopology(pod.call(() -> DatagramChannel.open().connect(to)));
            assertTrue(BoundedWait.until(() -> isRefused(client), LIMIT), () -> "not told; " + datapath.icmpErrors());
        }
    }

    private static boolean isRefused(DatagramChannel client) {
        try {
            client.write(ByteBuffer.wrap(new byte[] {1}));
            return false;
        } catch (PortUnreachableException e) {
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldFollowPortsThatComeAndGo() {
        StandardProtocolFamily family = StandardProtocolFamily.INET;
        WayIn wayIn = WayIn.DUMMY_TCX;
        try (Topology topology = topology(family)) {
            LabNamespace node = topology.node();
            node.exec("ip", "link", "set", "veth1", "nomaster");
            try (NodeDatapath datapath = wayIn.open(topology, listener(wayIn, topology, family))) {
                startReceivers(topology);
                assertEquals(0, programsAt(node, "veth1"));
                assertEquals(2, programsAt(node, "veth2"), "for answers and for ICMP errors");
                node.exec("ip", "link", "set", "veth1", "master", "cni0");
                assertTrue(BoundedWait.until(
                        () -> {
                            datapath.reconcile();
                            return programsAt(node, "veth1") == 2;
                        },
                        LIMIT));
                long questions = (long) SOCKETS * QUESTIONS;
                assertEquals(questions, ask(topology, CLIENT, family, destination(wayIn, topology, family)));
                assertEquals(0, programsAt(node, "veth3"), "it leads to no receiver");
                node.exec("ip", "link", "set", "veth2", "nomaster");
                datapath.reconcile();
                assertEquals(0, programsAt(node, "veth2"), "it leads to no receiver any more");
            }
            assertEquals(0, programsAt(node, "veth1") + programsAt(node, "veth2"), "nothing is left");
        }
    }

    @Test
    void shouldStillSeeWhatAReceiverAnswersThatIsOut() {
        StandardProtocolFamily family = StandardProtocolFamily.INET;
        WayIn wayIn = WayIn.DUMMY_TCX;
        try (Topology topology = topology(family)) {
            LabNamespace node = topology.node();
            try (NodeDatapath datapath = wayIn.open(topology, listener(wayIn, topology, family))) {
                startReceivers(topology);
                assertEquals(2, programsAt(node, "veth2"), "for answers and for ICMP errors");
                datapath.apply(0, topology.podEndpoints(WayIn.POD_PORT).subList(0, 1));
                datapath.reconcile();
                assertEquals(1, programsAt(node, "veth2"), "for late answers");
            }
            assertEquals(0, programsAt(node, "veth1") + programsAt(node, "veth2"), "nothing is left");
        }
    }

    private static int programsAt(LabNamespace node, String port) {
        return node.call(() -> {
            try (Network network = Network.open()) {
                int ifindex = network.links().byName(port).orElseThrow().index();
                return TcxLink.programsOn(ifindex, HookPoint.INGRESS).size();
            }
        });
    }
}
