package dev.udpfanout.loader.datapath.kernel.frames;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.bindings.abi.counter.DropReason;
import dev.udpfanout.bindings.abi.counter.EndpointStats;
import dev.udpfanout.bindings.libbpf.BpfProgram.TestRun;
import dev.udpfanout.bindings.libbpf.BpfTestBench;
import dev.udpfanout.lab.MacAddress;
import dev.udpfanout.lab.frames.Udp6Frame;
import dev.udpfanout.lab.frames.UdpFrame;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.datapath.ListenerCounters;
import dev.udpfanout.loader.datapath.network.Network;
import dev.udpfanout.loader.links.LocalPeer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a datagram is when it goes straight into a pod: the endpoint's in all that it is by the next hop, in a frame for
 * the pod.
 */
@Tag("kernel")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PeerFixtureTest {
    private static final InetSocketAddress FROM = new InetSocketAddress("203.0.113.9", 4711);
    private static final InetSocketAddress FROM6 = new InetSocketAddress("2001:db8:5::9", 4711);
    private static final InetSocketAddress TO = new InetSocketAddress(TestRunNode.ADDRESS, TestRunNode.PORT);
    private static final InetSocketAddress TO6 = new InetSocketAddress(TestRunNode.ADDRESS6, TestRunNode.PORT);
    private static final String POD_MAC = "02:75:66:00:2a:0b";
    private static final String BRIDGE_MAC = "02:75:66:00:2a:01";
    private static final int PEER_MTU = 1400;
    private static final int MAC_BYTES = 12;

    private TestRunNode node;
    private int veth;

    @BeforeAll
    void setUp() {
        node = TestRunNode.open("local_delivery: peer");
        veth = node.call(() -> {
            try (Network network = Network.open()) {
                return network.links().byName("veth1").orElseThrow().index();
            }
        });
    }

    @AfterAll
    void tearDown() {
        node.close();
    }

    private void deliverTo(int ifindex) {
        LocalPeer peer = new LocalPeer(ifindex, PEER_MTU, POD_MAC, BRIDGE_MAC);
        node.datapath()
                .setPeers(Map.of(
                        InetAddress.ofLiteral("10.42.0.11"), peer, InetAddress.ofLiteral("2001:db8:42::11"), peer));
    }

    private TestRun run(byte[] frame) {
        return node.call(() -> {
            try (BpfTestBench bench = node.bench(node.program().rewrite())) {
                return bench.run(frame);
            }
        });
    }

    private static UdpFrame v4() {
        return UdpFrame.between(FROM, TO)
                .link(new MacAddress(2), new MacAddress(0))
                .payload("forty-two".getBytes(StandardCharsets.US_ASCII));
    }

    private static Udp6Frame v6() {
        return Udp6Frame.between(FROM6, TO6)
                .link(new MacAddress(2), new MacAddress(0))
                .payload("forty-two".getBytes(StandardCharsets.US_ASCII));
    }

    static Stream<byte[]> frames() {
        return Stream.of(
                v4().build(),
                v4().udpChecksum(0).build(),
                v4().ipOptions(new byte[40]).build(),
                v4().payload(new byte[PEER_MTU - 28]).build(),
                v4().fragment(0, true).identification(91).build(),
                v6().build(),
                v6().extension(Udp6Frame.DESTINATION_OPTIONS, new byte[] {1, 4, 0, 0, 0, 0})
                        .build(),
                v6().payload(new byte[PEER_MTU - 48]).build());
    }

    private static byte[] macs(byte[] frame) {
        return Arrays.copyOf(frame, MAC_BYTES);
    }

    private static byte[] withMacsOf(byte[] frame, byte[] other) {
        byte[] changed = frame.clone();
        System.arraycopy(other, 0, changed, 0, MAC_BYTES);
        return changed;
    }

    @ParameterizedTest
    @MethodSource("frames")
    void shouldBeTheEndpointsInAFrameForThePod(byte[] frame) {
        deliverTo(veth);
        TestRun run = run(frame);
        assertEquals(TestRunNode.REDIRECT, run.verdict());
        HexFormat hex = HexFormat.ofDelimiter(":");
        assertArrayEquals(hex.parseHex(POD_MAC + ":" + BRIDGE_MAC), macs(run.frame()));
        assertEquals(Optional.empty(), node.oracle().fault(frame, withMacsOf(run.frame(), frame), 1));
    }

    @ParameterizedTest
    @MethodSource("frames")
    void shouldGoByTheNextHopWhenThePodIsNotKnown(byte[] frame) {
        node.datapath().setPeers(Map.of());
        TestRun run = run(frame);
        assertEquals(TestRunNode.REDIRECT, run.verdict());
        assertArrayEquals(macs(frame), macs(run.frame()));
        assertEquals(Optional.empty(), node.oracle().fault(frame, run.frame(), 1));
    }

    @Test
    void shouldGoByTheNextHopWhenTooLargeForTheVeth() {
        deliverTo(veth);
        for (byte[] frame : new byte[][] {
            v4().payload(new byte[PEER_MTU - 27]).build(),
            v6().payload(new byte[PEER_MTU - 47]).build()
        }) {
            TestRun run = run(frame);
            assertEquals(TestRunNode.REDIRECT, run.verdict());
            assertArrayEquals(macs(frame), macs(run.frame()));
        }
    }

    @Test
    void shouldGoByTheNextHopWhenTheVethIsNotThere() {
        deliverTo(1 << 20);
        TestRun run = run(v4().build());
        assertEquals(TestRunNode.REDIRECT, run.verdict());
        assertArrayEquals(macs(v4().build()), macs(run.frame()));
    }

    @Test
    void shouldGoByTheNextHopWhenTheVethGoesAndNobodySaysSo() {
        int doomed = node.call(() -> {
            try (Network network = Network.open()) {
                return network.links().createDummy("doomed0").index();
            } catch (RuntimeException e) {
                try (Network network = Network.open()) {
                    return network.links().createBridge("doomed0").index();
                }
            }
        });
        deliverTo(doomed);
        assertArrayEquals(
                HexFormat.ofDelimiter(":").parseHex(POD_MAC + ":" + BRIDGE_MAC),
                macs(run(v4().build()).frame()));
        node.run(() -> {
            try (Network network = Network.open()) {
                network.links().delete(doomed);
            }
        });
        assertArrayEquals(macs(v4().build()), macs(run(v4().build()).frame()));
    }

    @Test
    void shouldFollowTheConfigurationWhenItChanges() {
        deliverTo(veth);
        byte[] frame = v4().build();
        List<ListenerConfig> direct = node.listeners("local_delivery: peer");
        List<ListenerConfig> byNextHop = node.listeners("local_delivery: neigh");
        // What is in force goes on with the way that its listener has now, also before anyone applies it anew.
        node.datapath().configure(byNextHop);
        assertArrayEquals(macs(frame), macs(run(frame).frame()));
        node.datapath().applyConfigured(byNextHop);
        assertArrayEquals(macs(frame), macs(run(frame).frame()));
        node.datapath().configure(direct);
        node.datapath().applyConfigured(direct);
        assertArrayEquals(
                HexFormat.ofDelimiter(":").parseHex(POD_MAC + ":" + BRIDGE_MAC),
                macs(run(frame).frame()));
    }

    @Test
    void shouldDropWhatIsDroppedOnEveryWay() {
        deliverTo(veth);
        assertDropped(v4().ttl(1).build(), TestRunNode.UNSPEC, "exact", DropReason.TTL_EXPIRED);
        assertDropped(v6().hopLimit(1).build(), TestRunNode.UNSPEC, "exact6", DropReason.TTL_EXPIRED);
        assertDropped(v6().udpChecksum(0).build(), TestRunNode.SHOT, "exact6", DropReason.NO_CHECKSUM);
        byte[] spoofed = UdpFrame.between(new InetSocketAddress("192.168.1.1", 4711), TO)
                .link(new MacAddress(2), new MacAddress(0))
                .build();
        assertDropped(spoofed, TestRunNode.SHOT, "exact", DropReason.BAD_SOURCE);
    }

    private void assertDropped(byte[] frame, int verdict, String listener, DropReason reason) {
        ListenerCounters before = node.datapath().counters(node.id(listener));
        TestRun run = run(frame);
        ListenerCounters after = node.datapath().counters(node.id(listener));
        assertEquals(verdict, run.verdict());
        assertArrayEquals(frame, run.frame());
        assertEquals(1, after.drops().get(reason.label()) - before.drops().get(reason.label()), reason::label);
        assertEquals(before.stats().packetsForwarded(), after.stats().packetsForwarded());
    }

    @Test
    void shouldCountWhatItForwards() {
        deliverTo(veth);
        ListenerCounters before = node.datapath().counters(node.id("exact"));
        run(v4().build());
        ListenerCounters after = node.datapath().counters(node.id("exact"));
        assertEquals(1, after.stats().packetsForwarded() - before.stats().packetsForwarded());
        InetSocketAddress pod = new InetSocketAddress("10.42.0.11", 40_514);
        EndpointStats sentBefore = before.endpoints().getOrDefault(pod, EndpointStats.ZERO);
        EndpointStats sent = after.endpoints().get(pod);
        assertEquals(1, sent.packets() - sentBefore.packets());
        assertEquals(
                after.stats().bytesForwarded() - before.stats().bytesForwarded(), sent.bytes() - sentBefore.bytes());
    }
}
