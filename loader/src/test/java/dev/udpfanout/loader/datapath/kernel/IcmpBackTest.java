package dev.udpfanout.loader.datapath.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.frames.CapturedFrame;
import dev.udpfanout.lab.frames.FrameCapture;
import dev.udpfanout.lab.frames.FrameSender;
import dev.udpfanout.lab.frames.UdpFrame;
import dev.udpfanout.lab.kubeproxy.ExternalTrafficPolicy;
import dev.udpfanout.lab.kubeproxy.KubeProxy;
import dev.udpfanout.lab.kubeproxy.KubeProxyRules;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.datapath.ListenerText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is wrong beyond the node, the client's own socket is told: the errors quote the datagram that it has sent. */
@Tag("kernel")
class IcmpBackTest {
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final int MTU = 1300;

    static Stream<Arguments> waysAndFamilies() {
        return ForwardingTest.waysAndFamilies();
    }

    private static Topology topology(StandardProtocolFamily family, int pods) {
        return Topology.builder()
                .pods(pods)
                .ipv6(family == StandardProtocolFamily.INET6)
                .verifyChecksums(true)
                .build();
    }

    /** An ordinary client: one connected socket, which gets errors that quote what it has sent. */
    private static DatagramChannel connect(LabNamespace namespace, InetSocketAddress to) {
        return namespace.closedWithTopology(
                namespace.call(() -> DatagramChannel.open().connect(to)));
    }

    /** Whether the socket was told that nobody listens, on one of the datagrams that it sends. */
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

    private static String pathTo(LabNamespace namespace, InetSocketAddress to) {
        return namespace.exec("ip", "route", "get", to.getAddress().getHostAddress());
    }

    @ParameterizedTest
    @MethodSource("waysAndFamilies")
    void shouldRefuseTheClientWhenTheReceiverHasNoSocket(WayIn wayIn, StandardProtocolFamily family) {
        try (Topology topology = topology(family, 1);
                NodeDatapath datapath = wayIn.open(topology, family)) {
            DatagramChannel client = connect(topology.client(), wayIn.destination(topology, family));
            assertTrue(BoundedWait.until(() -> isRefused(client), LIMIT), () -> "not told; " + datapath.icmpErrors());
            assertTrue(datapath.icmpErrors().translated() > 0);
            assertEquals(0, datapath.icmpErrors().failed());
            assertEquals(Set.of(pod(topology, family)), datapath.takeUnreachable());
            assertEquals(Set.of(), datapath.takeUnreachable(), "once");
        }
    }

    private static InetSocketAddress pod(Topology topology, StandardProtocolFamily family) {
        boolean ipv6 = family == StandardProtocolFamily.INET6;
        return new InetSocketAddress(
                ipv6 ? topology.plan().podAddress6(1) : topology.plan().podAddress(1), WayIn.POD_PORT);
    }

    /** A probe of the node, which no listener has readdressed: what answers it is not for the listener's clients. */
    @ParameterizedTest
    @MethodSource("waysAndFamilies")
    void shouldLeaveTheErrorToTheNodesOwnSocketWhenThatHasSentToTheReceiver(
            WayIn wayIn, StandardProtocolFamily family) {
        try (Topology topology = topology(family, 1);
                NodeDatapath datapath = wayIn.open(topology, family)) {
            DatagramChannel probe = connect(topology.node(), pod(topology, family));
            assertTrue(BoundedWait.until(() -> isRefused(probe), LIMIT), () -> "not told; " + datapath.icmpErrors());
            assertEquals(0, datapath.icmpErrors().translated());
        }
    }

    /** Behind the pod, which is a router, there is a narrow link to the receiver; the node knows nothing of it. */
    @ParameterizedTest
    @MethodSource("waysAndFamilies")
    void shouldTeachTheClientWhenARouterBeyondTheNodeHasASmallerMtu(WayIn wayIn, StandardProtocolFamily family) {
        boolean ipv6 = family == StandardProtocolFamily.INET6;
        try (Topology topology = topology(family, 1)) {
            InetSocketAddress receiver =
                    new InetSocketAddress(ipv6 ? "2001:db8:77::7" : "198.51.100.7", WayIn.POD_PORT);
            routeByPod(topology, ipv6);
            LabNamespace pod = topology.pod(1);
            pod.exec("ip", "link", "set", "narrow", "mtu", Integer.toString(MTU));
            try (NodeDatapath datapath = wayIn.open(topology, wayIn.listener(List.of(receiver)))) {
                InetSocketAddress to = wayIn.destination(topology, family);
                DatagramChannel client = connect(topology.client(), to);
                assertTrue(
                        BoundedWait.until(
                                () -> {
                                    sendLarge(client);
                                    return pathTo(topology.client(), to).contains("mtu " + MTU);
                                },
                                LIMIT),
                        () -> pathTo(topology.client(), to) + datapath.icmpErrors());
            }
        }
    }

    private static void sendLarge(DatagramChannel client) {
        try {
            client.write(ByteBuffer.wrap(new byte[1400]));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The pod forwards to a network behind it, in which nobody answers. */
    private static void routeByPod(Topology topology, boolean ipv6) {
        LabNamespace pod = topology.pod(1);
        pod.exec("sysctl", "-qw", ipv6 ? "net.ipv6.conf.all.forwarding=1" : "net.ipv4.ip_forward=1");
        pod.exec("ip", "link", "add", "narrow", "type", "bridge");
        pod.exec("ip", "link", "set", "narrow", "up");
        if (ipv6) {
            pod.exec("ip", "route", "add", "2001:db8:77::/64", "dev", "narrow");
            topology.node()
                    .exec(
                            "ip",
                            "route",
                            "add",
                            "2001:db8:77::/64",
                            "via",
                            topology.plan().podAddress6(1));
        } else {
            pod.exec("ip", "route", "add", "198.51.100.0/24", "dev", "narrow");
            topology.node()
                    .exec(
                            "ip",
                            "route",
                            "add",
                            "198.51.100.0/24",
                            "via",
                            topology.plan().podAddress(1));
        }
    }

    /** What is quoted does not say which of them the client has sent to. */
    @Test
    void shouldTellEachClientWhenTheEndpointIsThatOfTwoListeners() {
        try (Topology topology = topology(StandardProtocolFamily.INET, 1);
                NodeDatapath datapath = NodeDatapath.open(
                        topology.node(), listener("one", 5514, topology), listener("other", 5515, topology))) {
            for (int port : new int[] {5514, 5515}) {
                DatagramChannel client =
                        connect(topology.client(), new InetSocketAddress(TopologyPlan.NODE_ADDRESS, port));
                assertTrue(BoundedWait.until(() -> isRefused(client), LIMIT), () -> port + " " + datapath.icmpErrors());
            }
            InetSocketAddress pod = topology.podEndpoints(WayIn.POD_PORT).getFirst();
            assertTrue(BoundedWait.until(() -> datapath.takeUnreachable().contains(pod), LIMIT));
            assertEquals(0, datapath.icmpErrors().failed());
        }
    }

    /** Of a range each node has an address of its own, and kube-proxy sends to that. */
    @Test
    void shouldTranslateToThePublishedAddressOfARangeOnceItIsKnown() {
        InetSocketAddress vip = WayIn.DUMMY_TCX.destination(null);
        InetSocketAddress published = new InetSocketAddress("10.255.77.3", vip.getPort());
        try (Topology topology = topology(StandardProtocolFamily.INET, 1)) {
            new KubeProxy(topology)
                    .load(KubeProxyRules.labService(vip, ExternalTrafficPolicy.LOCAL, List.of(published)));
            ListenerConfig listener = ListenerText.on("dummy0", "10.255.0.1:" + vip.getPort())
                    .with("publish", "{ service: syslog, addresses: \"10.255.0.0/16\" }")
                    .listener(topology.podEndpoints(WayIn.POD_PORT));
            try (NodeDatapath datapath = NodeDatapath.open(topology.node(), listener)) {
                DatagramChannel client = connect(topology.client(), vip);
                assertFalse(isRefused(client));
                assertTrue(BoundedWait.until(() -> datapath.counters(0).stats().packetsForwarded() > 0, LIMIT));
                assertEquals(0, datapath.icmpErrors().translated());
                datapath.setPublished(0, published.getAddress());
                datapath.reconcile();
                assertTrue(BoundedWait.until(() -> isRefused(client), LIMIT), () -> "" + datapath.icmpErrors());
            }
        }
    }

    private static ListenerConfig listener(String name, int port, Topology topology) {
        return ListenerText.on("eth0", "0.0.0.0:" + port)
                .with("name", name)
                .listener(topology.podEndpoints(WayIn.POD_PORT));
    }

    @ParameterizedTest
    @EnumSource
    void shouldQuoteWhatTheClientHasSentWithChecksumsRightWhenItsTimeIsUp(WayIn wayIn) {
        try (Topology topology = topology(StandardProtocolFamily.INET, 1)) {
            routeByPod(topology, false);
            InetSocketAddress receiver = new InetSocketAddress("198.51.100.7", WayIn.POD_PORT);
            InetSocketAddress client = new InetSocketAddress(TopologyPlan.CLIENT_ADDRESS, 4711);
            InetSocketAddress to = wayIn.destination(topology);
            try (NodeDatapath datapath = wayIn.open(topology, wayIn.listener(List.of(receiver)));
                    FrameCapture errors = FrameCapture.open(topology.client(), "eth0", IcmpBackTest::saysTimeIsUp);
                    FrameSender sender = FrameSender.open(topology.client(), "eth0")) {
                sender.send(UdpFrame.between(client, to)
                        .payload(new byte[64])
                        .ttl(2)
                        .build());
                byte[] frame = errors.await(seen -> true, LIMIT).orElseThrow().bytes();

                ByteBuffer bytes = ByteBuffer.wrap(frame);
                assertArrayEquals(to.getAddress().getAddress(), Arrays.copyOfRange(frame, 26, 30), "who says so");
                assertArrayEquals(to.getAddress().getAddress(), Arrays.copyOfRange(frame, 58, 62), "quoted address");
                assertEquals(to.getPort(), bytes.getShort(64) & 0xffff, "quoted port");
                assertEquals(0, checksum(frame, 14, 20), "of the IP header");
                assertEquals(0, checksum(frame, 34, bytes.getShort(16) - 20), "of the error");
                assertEquals(0, checksum(frame, 42, 20), "of the quoted IP header");
                assertEquals(1, datapath.icmpErrors().translated());
            }
        }
    }

    /** RFC 1071; 0 of what holds its right checksum. */
    private static int checksum(byte[] frame, int from, int length) {
        int sum = 0;
        for (int i = 0; i < length; i++) {
            int value = Byte.toUnsignedInt(frame[from + i]);
            sum += i % 2 == 0 ? value << 8 : value;
        }
        return ~((sum & 0xffff) + (sum >>> 16)) & 0xffff;
    }

    private static boolean saysTimeIsUp(CapturedFrame frame) {
        byte[] bytes = frame.bytes();
        return bytes.length > 70 && bytes[12] == 8 && bytes[13] == 0 && bytes[23] == 1 && bytes[34] == 11;
    }

    @Test
    void shouldTakeTheProgramsOffAgain() {
        try (Topology topology = topology(StandardProtocolFamily.INET, 1)) {
            try (NodeDatapath datapath = WayIn.NIC_CLSACT.open(topology)) {
                assertTrue(filters(topology).contains("udp_fanout_icmp"), filters(topology));
                topology.node().exec("tc", "qdisc", "del", "dev", "cni0", "clsact");
                datapath.reconcile();
                assertTrue(filters(topology).contains("udp_fanout_icmp"), filters(topology));
            }
            assertFalse(filters(topology).contains("udp_fanout"), filters(topology));
        }
    }

    /** Another way would be another qdisc, at which the kernel drops what the link sends meanwhile. */
    @Test
    void shouldStayAttachedInTheWayOfAnEarlierDaemon() {
        try (Topology topology = topology(StandardProtocolFamily.INET, 1)) {
            WayIn.NIC_CLSACT.open(topology).release();
            assertTrue(filters(topology).contains("udp_fanout_icmp"), filters(topology));
            ListenerConfig auto = ListenerText.on("eth0", "0.0.0.0:5514").listener(topology.podEndpoints(40514));
            try (NodeDatapath later = NodeDatapath.open(topology.node(), auto)) {
                assertTrue(filters(topology).contains("udp_fanout_icmp"), filters(topology));
                later.reconcile();
                assertTrue(filters(topology).contains("udp_fanout_icmp"), filters(topology));
            }
            assertFalse(filters(topology).contains("udp_fanout"), filters(topology));
        }
    }

    private static String filters(Topology topology) {
        return topology.node().exec("tc", "filter", "show", "dev", "cni0", "ingress");
    }
}
