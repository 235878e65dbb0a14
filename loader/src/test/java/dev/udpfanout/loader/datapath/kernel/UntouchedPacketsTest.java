package dev.udpfanout.loader.datapath.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.libbpf.BpfProgram.TestRun;
import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.MacAddress;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.frames.FrameSender;
import dev.udpfanout.lab.frames.Frames;
import dev.udpfanout.lab.frames.UdpFrame;
import dev.udpfanout.lab.traffic.DatagramReceiver;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.SendPlan;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ListenerConfig.AttachMethod;
import dev.udpfanout.loader.datapath.ListenerText;
import dev.udpfanout.loader.datapath.kernel.attach.NeighbourProgram;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is not a listener's datagram: the program leaves it alone, to the byte, and lets the next program run. */
@Tag("kernel")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UntouchedPacketsTest {
    /** TC_ACT_UNSPEC of linux/pkt_cls.h. */
    private static final int TC_ACT_UNSPEC = -1;

    private static final int TC_ACT_REDIRECT = 7;
    private static final int ETHER_TYPE_ARP = 0x0806;
    private static final int ETHER_TYPE_IPV6 = 0x86dd;
    private static final InetSocketAddress CLIENT = new InetSocketAddress("192.168.1.10", 4711);
    private static final InetSocketAddress LISTENER = new InetSocketAddress("192.0.2.1", 5514);

    private Topology topology;
    private NodeDatapath datapath;
    private KernelProgram program;

    /**
     * BPF_PROG_TEST_RUN runs on the loopback interface of the caller's namespace: that is where this listener waits.
     */
    @BeforeAll
    void setUp() {
        topology = Topology.builder().pods(1).build();
        ListenerConfig listener = ListenerText.on("lo", "192.0.2.1:5514")
                .with("attach", AttachMethod.TCX)
                .listener(topology.podEndpoints(WayIn.POD_PORT));
        program = topology.node().call(() -> KernelProgram.load(KernelProgram.builtIn()));
        datapath = NodeDatapath.open(topology.node(), program, listener);
    }

    @AfterAll
    void tearDown() {
        topology.close();
    }

    private static UdpFrame ours() {
        return to(LISTENER).payload("payload".getBytes(StandardCharsets.US_ASCII));
    }

    /** The loopback interface's own link-layer address is all zeros; a frame to another one is not for this host. */
    private static UdpFrame to(InetSocketAddress destination) {
        return UdpFrame.between(CLIENT, destination).link(new MacAddress(0x0275_6600_010aL), new MacAddress(0));
    }

    static Stream<Arguments> others() throws Exception {
        MacAddress mac = new MacAddress(0x0275_6600_010aL);
        byte[] ipv6 = new byte[48];
        ipv6[0] = 0x60;
        ipv6[6] = 17;
        return Stream.of(
                Arguments.of("another port", to(at(LISTENER, 5515)).build()),
                Arguments.of(
                        "our port as the source",
                        UdpFrame.between(at(CLIENT, 5514), at(LISTENER, 53))
                                .link(new MacAddress(1), new MacAddress(0))
                                .build()),
                Arguments.of(
                        "another address",
                        to(new InetSocketAddress("192.0.2.2", 5514)).build()),
                Arguments.of(
                        "a multicast address",
                        to(new InetSocketAddress("224.0.0.251", 5514)).build()),
                Arguments.of("TCP", ours().protocol(6).build()),
                Arguments.of("ICMP", ours().protocol(1).build()),
                Arguments.of("UDP-Lite", ours().protocol(136).build()),
                Arguments.of("ARP", Frames.arpRequest(mac, (Inet4Address) CLIENT.getAddress(), (Inet4Address)
                        LISTENER.getAddress())),
                Arguments.of("IPv6", Frames.ethernet(mac, mac, ETHER_TYPE_IPV6, ipv6)),
                Arguments.of("an unknown ether type", ours().etherType(0x88b5).build()),
                Arguments.of(
                        "ARP's ether type on a datagram",
                        ours().etherType(ETHER_TYPE_ARP).build()),
                Arguments.of("IP version 5", ours().version(5).build()),
                Arguments.of("an IHL of 4", ours().ihl(4).build()),
                Arguments.of("an IHL of 0", ours().ihl(0).build()),
                Arguments.of(
                        "an IHL beyond the packet",
                        ours().ihl(15).totalLength(35).build()),
                Arguments.of(
                        "a total length below the headers",
                        ours().totalLength(27).build()),
                Arguments.of(
                        "a total length beyond the frame",
                        ours().totalLength(1000).build()),
                Arguments.of(
                        "a UDP length below its header", ours().udpLength(7).build()),
                Arguments.of(
                        "a UDP length beyond the packet", ours().udpLength(100).build()),
                Arguments.of(
                        "a frame cut in the UDP header", ours().truncatedTo(41).build()),
                Arguments.of(
                        "a frame for another host",
                        ours().link(new MacAddress(1), new MacAddress(2)).build()));
    }

    private static InetSocketAddress at(InetSocketAddress address, int port) {
        return new InetSocketAddress(address.getAddress(), port);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("others")
    void shouldLeaveFrameAsItIsWhenItIs(String what, byte[] frame) {
        for (boolean turn : new boolean[] {false, true}) {
            long before = datapath.counters(0).stats().packetsReceived();
            TestRun run = topology.node().call(() -> (turn ? program.turn() : program.rewrite()).testRun(frame, 1));
            assertEquals(TC_ACT_UNSPEC, run.verdict(), what);
            assertArrayEquals(frame, run.frame(), what);
            assertEquals(before, datapath.counters(0).stats().packetsReceived(), "not counted as ours");
        }
    }

    @Test
    void shouldTakeTheFrameThatTheOthersAreVariationsOf() {
        TestRun run = topology.node().call(() -> program.rewrite().testRun(ours().build(), 1));
        assertEquals(TC_ACT_REDIRECT, run.verdict(), "or the test above shows nothing");
        assertEquals(
                TC_ACT_REDIRECT,
                topology.node()
                        .call(() -> program.turn().testRun(ours().build(), 1))
                        .verdict());
    }

    @Test
    void shouldLetOtherTrafficReachTheNodeWhenListenersAreOnItsInterface() {
        try (NodeDatapath onNic = WayIn.NIC_TCX.open(topology)) {
            DatagramSender sender = DatagramSender.open(topology.client(), "192.168.1.10");
            DatagramReceiver receiver = DatagramReceiver.in(topology.node())
                    .port(5515)
                    .expecting(sender.runId())
                    .start();
            sender.send(SendPlan.to(new InetSocketAddress("192.168.1.1", 5515)).datagrams(10));
            assertTrue(receiver.awaitReceived(10, Duration.ofSeconds(5)), "UDP to another port");
            assertTrue(
                    topology.client().exec("ping", "-c1", "-W2", "192.168.1.1").contains(" 0% packet loss"));
            assertTrue(
                    topology.client().exec("ping", "-c1", "-W2", "10.42.0.11").contains(" 0% packet loss"));
            tcpToTheListenersPort();
            assertEquals(0, onNic.counters(0).stats().packetsReceived());
        }
    }

    /** BPF_PROG_TEST_RUN takes no frame that is shorter than an IP header; the wire does. */
    @ParameterizedTest
    @ValueSource(ints = {15, 24, 33, 41})
    void shouldPassOnFrameWhenItIsCutInItsHeaders(int bytes) {
        try (NodeDatapath onNic = WayIn.NIC_CLSACT.open(topology);
                FrameSender sender = FrameSender.open(topology.client(), "eth0");
                NeighbourProgram neighbour = NeighbourProgram.attachBehind(topology.node(), "eth0")) {
            long before = neighbour.seen();
            sender.send(UdpFrame.between(CLIENT, WayIn.NIC_CLSACT.destination(topology))
                    .truncatedTo(bytes)
                    .build());
            assertTrue(BoundedWait.until(() -> neighbour.seen() > before, Duration.ofSeconds(5)));
            assertEquals(0, onNic.counters(0).stats().packetsReceived());
        }
    }

    private void tcpToTheListenersPort() {
        ServerSocket server = topology.node().call(() -> new ServerSocket(WayIn.LISTENER_PORT));
        try (server;
                Socket client = topology.client().call(() -> new Socket("192.168.1.1", WayIn.LISTENER_PORT))) {
            assertTrue(client.isConnected());
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void shouldLeaveTransitTrafficAloneWhenTheListenerIsTheWildcard() {
        // What another node's instance has sent on: for a pod, at the listener's own port.
        InetSocketAddress pod = new InetSocketAddress("10.42.0.11", WayIn.LISTENER_PORT);
        try (NodeDatapath onNic = WayIn.NIC_TCX.open(topology)) {
            DatagramSender sender = DatagramSender.open(topology.client(), "192.168.1.10");
            DatagramReceiver receiver = DatagramReceiver.in(topology.pod(1))
                    .port(WayIn.LISTENER_PORT)
                    .expecting(sender.runId())
                    .start();
            sender.send(SendPlan.to(pod).datagrams(10));
            assertTrue(receiver.awaitReceived(10, Duration.ofSeconds(5)));
            assertEquals(0, onNic.counters(0).stats().packetsReceived(), "not balanced again");
        }
    }

    @Test
    void shouldPassToOwnReceiverWhenAnotherNodeHasBalancedToThisNodesAddress() {
        // A receiver on the host's network, at the listener's own port: nodes must not play ping-pong with it.
        InetSocketAddress ownReceiver = new InetSocketAddress("192.168.1.1", WayIn.LISTENER_PORT);
        InetSocketAddress elsewhere = new InetSocketAddress("10.42.0.11", WayIn.LISTENER_PORT);
        try (NodeDatapath onNic =
                WayIn.NIC_TCX.open(topology, WayIn.NIC_TCX.listener(List.of(ownReceiver, elsewhere)))) {
            DatagramSender sender = DatagramSender.open(topology.client(), "192.168.1.10");
            DatagramReceiver receiver = DatagramReceiver.in(topology.node())
                    .port(WayIn.LISTENER_PORT)
                    .expecting(sender.runId())
                    .start();
            onNic.reconcile();
            sender.send(SendPlan.to(ownReceiver).datagrams(10));
            assertTrue(receiver.awaitReceived(10, Duration.ofSeconds(5)));
            assertEquals(0, onNic.counters(0).stats().packetsReceived(), "not balanced again");
        }
    }
}
