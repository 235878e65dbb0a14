package dev.udpfanout.loader.datapath.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.abi.counter.DropReason;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.frames.FrameCapture;
import dev.udpfanout.lab.frames.FrameSender;
import dev.udpfanout.lab.frames.Udp6Frame;
import dev.udpfanout.lab.frames.UdpFrame;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.PodReceivers;
import dev.udpfanout.traffic.Payload;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A datagram that is too big for the way to the pod does not vanish: its sender is told, or it gets there in pieces.
 */
@Tag("kernel")
class TooBigTest {
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final int MTU = 1400;
    private static final int SIZE = 1420;
    private static final int TYPE = 12;
    private static final int PROTOCOL = 23;

    private final long runId = DatagramSender.newRunId();

    private static Topology topology(StandardProtocolFamily family) {
        Topology topology = Topology.builder()
                .pods(1)
                .ipv6(family == StandardProtocolFamily.INET6)
                .verifyChecksums(true)
                .build();
        topology.node().exec("ip", "link", "set", "cni0", "mtu", Integer.toString(MTU));
        return topology;
    }

    /** "Fragmentation needed" of RFC 792 with the MTU of RFC 1191, or "packet too big" of RFC 4443. */
    private static boolean saysTooBig(byte[] frame) {
        ByteBuffer bytes = ByteBuffer.wrap(frame);
        return switch (bytes.getShort(TYPE)) {
            case 0x0800 ->
                frame[PROTOCOL] == 1 && frame[34] == 3 && frame[35] == 4 && bytes.getShort(40) == (short) MTU;
            case (short) 0x86dd -> frame[20] == 58 && frame[54] == 2 && bytes.getInt(58) == MTU;
            default -> false;
        };
    }

    @ParameterizedTest
    @MethodSource("dev.udpfanout.loader.datapath.kernel.ForwardingTest#waysAndFamilies")
    void shouldTellTheSenderWhenItMayNotBeCut(WayIn wayIn, StandardProtocolFamily family) {
        try (Topology topology = topology(family);
                NodeDatapath datapath = wayIn.open(topology, family);
                FrameCapture answers =
                        FrameCapture.open(topology.client(), "eth0", frame -> saysTooBig(frame.bytes()));
                FrameSender sender = FrameSender.open(topology.client(), "eth0")) {
            InetSocketAddress to = wayIn.destination(topology, family);
            byte[] payload = Payload.of(runId, 0, SIZE);
            sender.send(
                    family == StandardProtocolFamily.INET6
                            ? Udp6Frame.between(new InetSocketAddress(TopologyPlan.CLIENT_ADDRESS6, 4711), to)
                                    .payload(payload)
                                    .build()
                            : UdpFrame.between(new InetSocketAddress(TopologyPlan.CLIENT_ADDRESS, 4711), to)
                                    .payload(payload)
                                    .build());
            assertTrue(answers.awaitCount(1, LIMIT), () -> "no answer; " + datapath.counters(0));
            // By a dummy interface the stack answers: the route says how large a packet may be.
            int seen = wayIn.isOnDummy() ? 0 : 1;
            assertEquals(seen, datapath.counters(0).drops().get(DropReason.TOO_BIG.label()));
            assertEquals(seen, datapath.counters(0).stats().packetsReceived(), "it does not come round again");
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldDeliverItInPiecesWhenItMayBeCut(WayIn wayIn) {
        try (Topology topology = topology(StandardProtocolFamily.INET);
                NodeDatapath datapath = wayIn.open(topology);
                FrameSender sender = FrameSender.open(topology.client(), "eth0")) {
            PodReceivers pods = PodReceivers.start(topology.pods(), WayIn.POD_PORT, StandardProtocolFamily.INET, runId);
            sender.send(UdpFrame.between(
                            new InetSocketAddress(TopologyPlan.CLIENT_ADDRESS, 4711), wayIn.destination(topology))
                    .payload(Payload.of(runId, 0, SIZE))
                    .fragment(0, false)
                    .build());
            assertTrue(pods.awaitReceived(1, LIMIT), () -> "nothing arrived; " + datapath.counters(0));
            assertEquals(0, pods.stop().getFirst().corrupt());
            assertEquals(0, datapath.counters(0).drops().get(DropReason.TOO_BIG.label()), "what arrives is no drop");
            // By a dummy interface it comes in pieces that fit: the stack has cut it.
            assertEquals(wayIn.isOnDummy() ? 2 : 1, datapath.counters(0).stats().packetsForwarded());
            assertEquals(
                    wayIn.isOnDummy() ? 0 : 1,
                    datapath.counters(0).pathMtu().orElseThrow().packetsByStack());
        }
    }
}
