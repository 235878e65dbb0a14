package dev.udpfanout.lab.frames;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.kubeproxy.ExternalTrafficPolicy;
import dev.udpfanout.lab.kubeproxy.KubeProxy;
import dev.udpfanout.lab.kubeproxy.KubeProxyRules;
import dev.udpfanout.lab.traffic.DatagramReceiver;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.ReceiverReport;
import dev.udpfanout.lab.traffic.SendPlan;
import dev.udpfanout.traffic.Payload;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kernel")
class FramesOnTheWireTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final InetSocketAddress CLIENT = new InetSocketAddress(TopologyPlan.CLIENT_ADDRESS, 1234);
    private static final InetSocketAddress VIP = new InetSocketAddress(TopologyPlan.VIP, 5514);
    private static final long RUN = 5;

    private Topology topology;

    @BeforeEach
    void build() {
        topology = Topology.builder().pods(1).verifyChecksums(true).build();
    }

    @AfterEach
    void remove() {
        topology.close();
    }

    @Test
    void shouldBringABuiltFrameToThePodAndCaptureItOnTheWay() {
        loadKubeProxy();
        byte[] payload = Payload.of(RUN, 3, 100);
        try (FrameCapture atPod = FrameCapture.open(topology.pod(1), "eth0");
                FrameSender sender = FrameSender.open(topology.client(), "eth0")) {
            sender.send(UdpFrame.between(CLIENT, VIP)
                    .ttl(9)
                    .tos(0x28)
                    .payload(payload)
                    .build());

            ParsedFrame arrived = atPod.await(frame -> frame.parsed().isUdp(), LIMIT)
                    .orElseThrow()
                    .parsed();
            assertEquals(CLIENT, arrived.source());
            assertEquals(topology.podEndpoints(40514).getFirst(), arrived.destination());
            assertEquals(8, arrived.ttl());
            assertEquals(0x28, arrived.tos());
            assertTrue(arrived.ipChecksumValid());
            assertTrue(arrived.udpChecksumValid());
            assertArrayEquals(payload, arrived.udpPayload());
            assertEquals(topology.plan().podMac(1), arrived.destinationMac());
        }
    }

    @Test
    void shouldSeeSentAndReceivedFramesApart() {
        loadKubeProxy();
        // Nothing listens at the pod: its ICMP answers come the other way.
        Predicate<CapturedFrame> udp = frame -> frame.parsed().isUdp();
        try (FrameCapture atClient = FrameCapture.open(topology.client(), "eth0", udp);
                FrameCapture atNode = FrameCapture.open(topology.node(), "eth0", udp);
                DatagramSender sender = DatagramSender.open(topology.client(), TopologyPlan.CLIENT_ADDRESS)) {
            sender.send(SendPlan.to(VIP).datagrams(3));

            assertTrue(atNode.awaitCount(3, LIMIT));
            assertTrue(atNode.frames().stream().allMatch(frame -> frame.type() == PacketType.HOST));
            assertTrue(atClient.stop().stream().allMatch(frame -> frame.type() == PacketType.OUTGOING));
            assertTrue(
                    atNode.frames().stream().allMatch(frame -> frame.parsed().udpChecksumValid()),
                    "the sender's stack computes checksums when they are to be verified");
        }
    }

    @Test
    void shouldCountAChecksumErrorAtThePodWhenADatagramsChecksumIsWrong() {
        // Straight to the pod, with no connection tracking on the way: that drops what has a wrong checksum.
        try (FrameSender sender = FrameSender.open(topology.client(), "eth0");
                DatagramReceiver receiver =
                        DatagramReceiver.in(topology.pod(1)).expecting(RUN).start()) {
            sender.send(toPod(0).build());
            sender.send(toPod(1).udpChecksum(0x1111).build());
            sender.send(toPod(2).udpChecksum(0).build());

            assertTrue(receiver.awaitReceived(2, LIMIT));
            ReceiverReport report = receiver.stop();
            assertEquals("{0, 2}", report.sequences().toString());
            assertEquals(1, report.kernel().checksumErrors());
        }
    }

    @Test
    void shouldCarryWhatIsNotIp() throws UnknownHostException {
        Inet4Address client = (Inet4Address) InetAddress.getByName(TopologyPlan.CLIENT_ADDRESS);
        Inet4Address node = (Inet4Address) InetAddress.getByName(TopologyPlan.NODE_ADDRESS);
        try (FrameCapture atClient = FrameCapture.open(topology.client(), "eth0");
                FrameSender sender = FrameSender.open(topology.client(), "eth0")) {
            sender.send(Frames.arpRequest(TopologyPlan.CLIENT_MAC, client, node));

            assertTrue(atClient.await(
                            frame -> frame.type() == PacketType.HOST
                                    && frame.parsed().etherType() == 0x0806,
                            LIMIT)
                    .isPresent());
        }
    }

    @Test
    void shouldSayWhichInterfaceIsMissing() {
        SystemCallException failure =
                assertThrows(SystemCallException.class, () -> FrameSender.open(topology.client(), "nosuch0"));

        assertEquals("if_nametoindex on nosuch0: ENODEV", failure.getMessage());
        assertThrows(CompletionException.class, () -> FrameCapture.open(topology.client(), "nosuch0"));
        assertFalse(topology.client().exec("ip", "link").contains("nosuch0"));
    }

    private void loadKubeProxy() {
        new KubeProxy(topology)
                .load(KubeProxyRules.labService(VIP, ExternalTrafficPolicy.LOCAL, topology.podEndpoints(40514)));
    }

    private UdpFrame toPod(long sequence) {
        return UdpFrame.between(CLIENT, topology.podEndpoints(40514).getFirst()).payload(Payload.of(RUN, sequence, 64));
    }
}
