package dev.udpfanout.loader.datapath.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.abi.counter.DropReason;
import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.frames.Fragmenter;
import dev.udpfanout.lab.frames.ParsedFrame;
import dev.udpfanout.lab.frames.SegmentSender;
import dev.udpfanout.lab.frames.TunDevice;
import dev.udpfanout.lab.frames.UdpFrame;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.PodReceivers;
import dev.udpfanout.lab.traffic.SendPlan;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.datapath.ListenerText;
import dev.udpfanout.loader.datapath.ReplyCounters;
import dev.udpfanout.traffic.Payload;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What BPF_PROG_TEST_RUN cannot show: devices without link layer, overlays and super-packets on real interfaces. This
 * kernel has tun and vxlan; ipip and WireGuard look the same to the program (no link layer); VLAN devices are tried by
 * lab/kernels.
 */
@Tag("kernel")
class DeviceKindsTest extends DeviceKindsLab {
    @ParameterizedTest
    @EnumSource(names = {"INET", "INET6"})
    void shouldForwardWhatComesInWithoutLinkLayer(StandardProtocolFamily family) {
        build(true);
        TunDevice tun = tun();
        String bind = family == StandardProtocolFamily.INET6 ? "[::]:5514" : "0.0.0.0:5514";
        NodeDatapath datapath =
                NodeDatapath.open(topology.node(), ListenerText.on("tun0", bind).listener(endpoints(family)));
        PodReceivers pods = PodReceivers.start(topology.pods(), WayIn.POD_PORT, family, runId);
        for (int i = 0; i < 20; i++) {
            tun.send(withoutLinkLayer(frame(family, 64 + i, i)));
        }
        // A large one, the last piece first.
        Fragmenter.cut(frame(family, 2500, 20), 99, 1024).reversed().stream()
                .map(DeviceKindsTest::withoutLinkLayer)
                .forEach(tun::send);
        assertIntact(pods, 21);
        assertEquals(0, datapath.counters(0).stats().packetsDropped());
        datapath.close();
    }

    @Test
    void shouldForwardToANextHopWithoutLinkLayer() {
        build(true);
        TunDevice tun = tun();
        WayIn nic = WayIn.NIC_TCX;
        NodeDatapath datapath =
                nic.open(topology, nic.listener(List.of(new InetSocketAddress("10.9.0.2", WayIn.POD_PORT))));
        DatagramSender sender = DatagramSender.open(topology.client(), TopologyPlan.CLIENT_ADDRESS);
        sender.send(SendPlan.to(nic.destination(topology)).payloadBytes(100));
        byte[] packet = null;
        // The kernel's own router solicitations and the like go out there as well.
        do {
            packet = tun.receive(LIMIT).orElseThrow();
        } while (packet[0] >> 4 != 4 || packet[9] != 17);
        byte[] frame = ByteBuffer.allocate(ETHERNET_BYTES + packet.length)
                .putShort(12, (short) 0x0800)
                .put(ETHERNET_BYTES, packet)
                .array();
        ParsedFrame parsed = ParsedFrame.of(frame);
        assertEquals(new InetSocketAddress("10.9.0.2", WayIn.POD_PORT), parsed.destination());
        assertEquals(sender.source(), parsed.source());
        assertTrue(parsed.ipChecksumValid() && parsed.udpChecksumValid());
        datapath.close();
    }

    @Test
    void shouldTakeAnswersThatComeInWithoutLinkLayer() throws Exception {
        build(true);
        TunDevice tun = tun();
        NodeDatapath datapath =
                NodeDatapath.open(topology.node(), answering(new InetSocketAddress("10.9.0.2", WayIn.POD_PORT)));
        try (DatagramSocket client = client()) {
            for (int i = 0; i < 5; i++) {
                byte[] question = {42, (byte) i};
                client.send(new DatagramPacket(question, question.length));
                tun.send(answerTo(question, client.getLocalPort()));
                assertAnswered(client, question);
            }
        }
        ReplyCounters replies = datapath.counters(0).replies().orElseThrow();
        assertEquals(5, replies.packetsForwarded());
        // What the kernel counts of a frame without link layer is the packet.
        assertEquals(5 * (20 + 8 + 2), replies.bytesForwarded());
        datapath.close();
    }

    @Test
    void shouldTakeAnswersByWhereTheRouteToTheEndpointLeadsNow() throws Exception {
        build(true);
        TunDevice tun = tun();
        TunDevice other = TunDevice.open(topology.node(), "tun1");
        node("ip link set tun1 up");
        NodeDatapath datapath =
                NodeDatapath.open(topology.node(), answering(new InetSocketAddress("10.9.0.2", WayIn.POD_PORT)));
        try (DatagramSocket client = client()) {
            byte[] question = {42};
            client.send(new DatagramPacket(question, question.length));
            tun.send(answerTo(question, client.getLocalPort()));
            assertAnswered(client, question);
            assertEquals(Set.of("tun0"), withReplyProgram());

            node("ip route add 10.9.0.2/32 dev tun1");
            datapath.reconcile();
            // tun0 keeps its program for as long as a flow lives: answers to what was asked before may still come in
            // there.
            assertEquals(Set.of("tun0", "tun1"), withReplyProgram());
            other.send(answerTo(question, client.getLocalPort()));
            assertAnswered(client, question);

            node("ip route del 10.9.0.2/32 dev tun1");
            datapath.reconcile();
            assertEquals(Set.of("tun0", "tun1"), withReplyProgram());
            tun.send(answerTo(question, client.getLocalPort()));
            assertAnswered(client, question);
        }
        assertEquals(3, datapath.counters(0).replies().orElseThrow().packetsForwarded());
        datapath.close();
        assertEquals(Set.of(), withReplyProgram());
    }

    private Set<String> withReplyProgram() {
        return Stream.of("tun0", "tun1", "cni0", "eth0")
                .filter(link -> topology.node()
                        .exec("tc", "filter", "show", "dev", link, "ingress")
                        .contains("udp_fanout_b_l3"))
                .collect(Collectors.toSet());
    }

    /** As 10.9.0.2 would. */
    private static byte[] answerTo(byte[] payload, int clientPort) {
        return withoutLinkLayer(UdpFrame.between(
                        new InetSocketAddress("10.9.0.2", WayIn.POD_PORT),
                        new InetSocketAddress(TopologyPlan.CLIENT_ADDRESS, clientPort))
                .payload(payload)
                .build());
    }

    /** By clsact, since Debian 12's tools do not show TCX. */
    private ListenerConfig answering(InetSocketAddress endpoint) {
        return ListenerText.on("eth0", "0.0.0.0:5514")
                .with("replies", true)
                .with("attach", "clsact")
                .listener(List.of(endpoint));
    }

    /** Of the node's address, it takes answers from nowhere else. */
    private DatagramSocket client() {
        return topology.client().call(() -> {
            DatagramSocket socket = new DatagramSocket();
            socket.connect(WayIn.NIC_TCX.destination(topology));
            socket.setSoTimeout(Math.toIntExact(LIMIT.toMillis()));
            return socket;
        });
    }

    private static void assertAnswered(DatagramSocket client, byte[] question) throws IOException {
        DatagramPacket answer = new DatagramPacket(new byte[5000], 5000);
        client.receive(answer);
        assertArrayEquals(question, Arrays.copyOf(answer.getData(), answer.getLength()));
    }

    @Test
    void shouldForwardOverAnOverlay() {
        build(true);
        String vxlan = "ip link add vx0 type vxlan id 7 dstport 4789 udpcsum local %s remote %s dev %s";
        node(vxlan.formatted(TopologyPlan.POD_GATEWAY, "10.42.0.11", "cni0"));
        node("ip address add 10.99.0.1/24 dev vx0");
        node("ip link set vx0 up");
        for (String command : List.of(
                vxlan.formatted("10.42.0.11", TopologyPlan.POD_GATEWAY, "eth0"),
                "ip address add 10.99.0.2/24 dev vx0",
                "ip link set vx0 up",
                "ip route add 192.168.1.0/24 via 10.99.0.1")) {
            topology.pod(1).exec(command.split(" "));
        }
        WayIn nic = WayIn.NIC_TCX;
        NodeDatapath datapath =
                nic.open(topology, nic.listener(List.of(new InetSocketAddress("10.99.0.2", WayIn.POD_PORT))));
        DatagramSender sender = DatagramSender.open(topology.client(), TopologyPlan.CLIENT_ADDRESS);
        PodReceivers pods = PodReceivers.start(List.of(topology.pod(1)), WayIn.POD_PORT, sender.runId());
        sender.send(SendPlan.to(nic.destination(topology)).datagrams(20).payloadBytes(1000));
        assertIntact(pods, 20);
        sender.send(SendPlan.to(nic.destination(topology)).payloadBytes(1440));
        assertTrue(
                BoundedWait.until(() -> datapath.counters(0).drops().get(DropReason.TOO_BIG.label()) == 1, LIMIT),
                "the overlay's MTU is smaller than the NIC's");
        datapath.close();
    }

    @ParameterizedTest
    @MethodSource("dev.udpfanout.loader.datapath.kernel.ForwardingTest#waysAndFamilies")
    void shouldForwardSuperPacketsWhole(WayIn wayIn, StandardProtocolFamily family) {
        build(false);
        int segments = 20;
        int bytes = 1200;
        NodeDatapath datapath = wayIn.open(topology, family);
        SegmentSender sender = SegmentSender.open(topology.client(), wayIn.destination(topology, family), bytes);
        PodReceivers pods = PodReceivers.start(topology.pods(), WayIn.POD_PORT, family, runId);
        for (int packet = 0; packet < 8; packet++) {
            ByteBuffer payloads = ByteBuffer.allocate(segments * bytes);
            for (int i = 0; i < segments; i++) {
                payloads.put(Payload.of(runId, packet * (long) segments + i, bytes));
            }
            sender.send(payloads.array());
        }
        assertTrue(pods.awaitReceived(8L * segments, LIMIT), () -> pods.received() + " arrived");
        assertEquals(8L * segments, datapath.counters(0).stats().packetsForwarded(), "segments are what is counted");
        pods.stop()
                .forEach(report ->
                        assertEquals(0, report.corrupt() + report.kernel().checksumErrors()));
        datapath.close();
    }
}
