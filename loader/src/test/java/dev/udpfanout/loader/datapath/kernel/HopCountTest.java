package dev.udpfanout.loader.datapath.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.abi.counter.DropReason;
import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.frames.CapturedFrame;
import dev.udpfanout.lab.frames.FrameCapture;
import dev.udpfanout.lab.frames.FrameSender;
import dev.udpfanout.lab.frames.Udp6Frame;
import dev.udpfanout.lab.frames.UdpFrame;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.SendPlan;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.datapath.ListenerText;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The node is one router, whatever way a datagram takes through it: the TTL or hop limit is less by one. */
@Tag("kernel")
class HopCountTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int HOPS = 64;
    private static final int TYPE = 12;
    private static final int IPV4_TTL = 22;
    private static final int IPV4_UDP = 34;
    private static final int IPV6_HOP_LIMIT = 21;
    private static final int IPV6_UDP = 54;
    private static final int UDP = 17;

    static Stream<Arguments> waysFamiliesAndPolicies() {
        return Stream.of(WayIn.DUMMY_TCX, WayIn.DUMMY_EGRESS_TCX, WayIn.NIC_TCX)
                .flatMap(wayIn -> Stream.of(StandardProtocolFamily.INET, StandardProtocolFamily.INET6)
                        .flatMap(family -> Stream.of("round_robin", "replicate")
                                .filter(policy -> wayIn != WayIn.DUMMY_EGRESS_TCX || !policy.equals("replicate"))
                                .map(policy -> Arguments.of(wayIn, family, policy))));
    }

    private static ListenerConfig listener(WayIn wayIn, List<InetSocketAddress> endpoints, String policy) {
        ListenerConfig one = wayIn.listener(endpoints);
        String host = one.bind().getAddress().getHostAddress();
        return ListenerText.on(
                        one.interfaces().getFirst(),
                        (host.contains(":") ? "[" + host + "]" : host) + ":"
                                + one.bind().getPort())
                .with("attach", one.attach())
                .with("hook", one.hook())
                .with("policy", policy)
                .listener(endpoints);
    }

    private static byte[] frame(StandardProtocolFamily family, InetSocketAddress to, int hops) {
        // Another datagram for each: the same one with fewer hops left has been here before.
        byte[] payload = ("hops " + hops).getBytes(StandardCharsets.US_ASCII);
        if (family == StandardProtocolFamily.INET6) {
            InetSocketAddress from = new InetSocketAddress(TopologyPlan.CLIENT_ADDRESS6, 4711);
            return Udp6Frame.between(from, to).payload(payload).hopLimit(hops).build();
        }
        InetSocketAddress from = new InetSocketAddress(TopologyPlan.CLIENT_ADDRESS, 4711);
        return UdpFrame.between(from, to).payload(payload).ttl(hops).build();
    }

    /** What is left when it gets to the pod; -1 of another frame. */
    private static int hopsLeft(CapturedFrame frame) {
        ByteBuffer bytes = ByteBuffer.wrap(frame.bytes());
        boolean ipv6 = bytes.limit() > IPV6_UDP + 4 && bytes.getShort(TYPE) == (short) 0x86dd;
        int udp = ipv6 ? IPV6_UDP : IPV4_UDP;
        if (bytes.limit() < udp + 4 || bytes.get(ipv6 ? IPV6_HOP_LIMIT - 1 : IPV4_TTL + 1) != UDP) {
            return -1;
        }
        return Short.toUnsignedInt(bytes.getShort(udp + 2)) == WayIn.POD_PORT
                ? bytes.get(ipv6 ? IPV6_HOP_LIMIT : IPV4_TTL) & 0xff
                : -1;
    }

    @ParameterizedTest
    @MethodSource("waysFamiliesAndPolicies")
    void shouldTakeOneHop(WayIn wayIn, StandardProtocolFamily family, String policy) {
        boolean ipv6 = family == StandardProtocolFamily.INET6;
        try (Topology topology = Topology.builder().pods(2).ipv6(ipv6).build();
                NodeDatapath datapath = wayIn.open(
                        topology,
                        listener(
                                wayIn,
                                ipv6 ? topology.podEndpoints6(WayIn.POD_PORT) : topology.podEndpoints(WayIn.POD_PORT),
                                policy));
                FrameCapture first = FrameCapture.open(topology.pod(1), "eth0", seen -> hopsLeft(seen) >= 0);
                FrameCapture second = FrameCapture.open(topology.pod(2), "eth0", seen -> hopsLeft(seen) >= 0);
                FrameSender sender = FrameSender.open(topology.client(), "eth0")) {
            int datagrams = 1 + Runtime.getRuntime().availableProcessors();
            for (int hops : new int[] {HOPS, 2}) {
                for (int i = 0; i < datagrams; i++) {
                    sender.send(frame(family, wayIn.destination(topology, family), hops));
                }
                for (FrameCapture capture : List.of(first, second)) {
                    assertTrue(
                            capture.await(seen -> hopsLeft(seen) == hops - 1, LIMIT)
                                    .isPresent(),
                            () -> "of " + hops + " hops, left are "
                                    + capture.frames().stream()
                                            .map(HopCountTest::hopsLeft)
                                            .toList()
                                    + ", " + datapath.counters(0));
                }
            }
        }
    }

    /**
     * Endpoints whose addresses are routed to the dummy interface: no stack is on the way round and round. At the hook
     * at egress the kernel itself ends it, after ten rounds ({@code dev_xmit_recursion}).
     */
    @ParameterizedTest
    @EnumSource(names = {"DUMMY_TCX", "DUMMY_CLSACT"})
    void shouldEndWhenListenersSendToEachOther(WayIn wayIn) {
        try (Topology topology = Topology.builder().pods(1).build()) {
            InetSocketAddress one = new InetSocketAddress("10.255.0.1", WayIn.LISTENER_PORT);
            InetSocketAddress other = new InetSocketAddress("10.255.0.1", WayIn.LISTENER_PORT + 1);
            ListenerConfig there = wayIn.listener(List.of(other));
            ListenerConfig back = ListenerText.on("dummy0", "10.255.0.1:" + other.getPort())
                    .with("name", "back")
                    .with("attach", there.attach())
                    .with("hook", there.hook())
                    .listener(List.of(one));
            wayIn.open(topology, there).close();
            NodeDatapath datapath = NodeDatapath.open(topology.node(), there, back);
            try (DatagramSender sender = DatagramSender.open(topology.client(), TopologyPlan.CLIENT_ADDRESS)) {
                sender.send(SendPlan.to(wayIn.destination(topology)));
                assertTrue(
                        BoundedWait.until(
                                () -> datapath.counters(0).stats().packetsDropped()
                                                + datapath.counters(1).stats().packetsDropped()
                                        == 1,
                                LIMIT),
                        () -> "it goes round for ever: " + datapath.counters(0) + datapath.counters(1));
                long rounds = datapath.counters(0).stats().packetsReceived()
                        + datapath.counters(1).stats().packetsReceived();
                assertTrue(rounds <= HOPS, () -> rounds + " rounds with " + HOPS + " hops");
                assertEquals(
                        1,
                        datapath.counters(0).drops().get(DropReason.TTL_EXPIRED.label())
                                + datapath.counters(1).drops().get(DropReason.TTL_EXPIRED.label()));
            }
        }
    }
}
