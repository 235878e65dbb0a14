package dev.udpfanout.loader.datapath.kernel.netflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.frames.FrameSender;
import dev.udpfanout.lab.frames.SegmentSender;
import dev.udpfanout.lab.frames.TunDevice;
import dev.udpfanout.loader.datapath.ListenerText;
import dev.udpfanout.loader.datapath.kernel.NodeDatapath;
import dev.udpfanout.loader.datapath.kernel.WayIn;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A key in the payload leads to the same receiver, whatever the datagram comes in and whoever sends it. */
@Tag("kernel")
class FrameKindKeysTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int PODS = 3;
    private static final int KEYS = 40;
    private static final int SENDER_PORT = 4711;
    private static final int PAYLOAD_BYTES = 24;

    /** Begins with the key; what is behind it differs. */
    private static byte[] payload(int key, int number) {
        return ByteBuffer.allocate(PAYLOAD_BYTES).putInt(key).putInt(number).array();
    }

    /** The keys that have come to each pod, when so many datagrams have come. */
    private static List<Set<Integer>> receive(List<DatagramSocket> pods, int datagrams) {
        List<Set<Integer>> keys = new ArrayList<>();
        pods.forEach(pod -> keys.add(new TreeSet<>()));
        int[] received = {0};
        assertTrue(
                BoundedWait.until(
                        () -> {
                            for (int pod = 0; pod < pods.size(); pod++) {
                                received[0] += receive(pods.get(pod), keys.get(pod));
                            }
                            return received[0] >= datagrams;
                        },
                        LIMIT),
                () -> received[0] + " of " + datagrams);
        assertEquals(datagrams, received[0]);
        return keys;
    }

    private static int receive(DatagramSocket pod, Set<Integer> keys) {
        DatagramPacket packet = new DatagramPacket(new byte[2 * PAYLOAD_BYTES], 2 * PAYLOAD_BYTES);
        int received = 0;
        try {
            while (true) {
                packet.setLength(2 * PAYLOAD_BYTES);
                pod.receive(packet);
                assertEquals(PAYLOAD_BYTES, packet.getLength());
                keys.add(ByteBuffer.wrap(packet.getData()).getInt());
                received++;
            }
        } catch (SocketTimeoutException e) {
            return received;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static DatagramSocket socket(LabNamespace pod) {
        return pod.closedWithTopology(pod.call(() -> {
            DatagramSocket socket = new DatagramSocket(new InetSocketAddress("::", WayIn.POD_PORT));
            socket.setSoTimeout(1);
            return socket;
        }));
    }

    private static NodeDatapath open(Topology topology, boolean ipv6) {
        return NodeDatapath.open(
                topology.node(),
                ListenerText.on(FrameKind.INTERFACES, (ipv6 ? "[::]:" : "0.0.0.0:") + WayIn.LISTENER_PORT)
                        .with("mode", "tc_ebpf")
                        .with("policy", "hash")
                        .with("hash_on", "{ payload: { length: 4 } }")
                        .listener(
                                ipv6 ? topology.podEndpoints6(WayIn.POD_PORT) : topology.podEndpoints(WayIn.POD_PORT)));
    }

    /** Each key alone, so that no pod's neighbour entry has more waiting than the kernel keeps. */
    private static List<Set<Integer>> sendPlain(
            List<DatagramSocket> pods, FrameSender client, TunDevice tun, boolean ipv6) {
        Consumer<byte[]> plain = FrameKind.PLAIN.sender(client, tun, ipv6, SENDER_PORT);
        List<Set<Integer>> keys = new ArrayList<>();
        pods.forEach(pod -> keys.add(new TreeSet<>()));
        for (int key = 0; key < KEYS; key++) {
            plain.accept(payload(key, 0));
            List<Set<Integer>> one = receive(pods, 1);
            for (int pod = 0; pod < pods.size(); pod++) {
                keys.get(pod).addAll(one.get(pod));
            }
        }
        keys.forEach(each -> assertTrue(!each.isEmpty(), "keys are spread"));
        return keys;
    }

    @ParameterizedTest
    @MethodSource("dev.udpfanout.loader.datapath.kernel.netflow.FrameKindsTest#kindsAndFamilies")
    void shouldGiveAKeyToTheReceiverThatHasItInPlainFrames(FrameKind kind, boolean ipv6) {
        try (Topology topology =
                Topology.builder().pods(PODS).ipv6(true).verifyChecksums(true).build()) {
            TunDevice tun = FrameKind.openTun(topology);
            try (NodeDatapath datapath = open(topology, ipv6);
                    FrameSender client = FrameSender.open(topology.client(), "eth0")) {
                List<DatagramSocket> pods =
                        topology.pods().stream().map(FrameKindKeysTest::socket).toList();
                List<Set<Integer>> plain = sendPlain(pods, client, tun, ipv6);
                Consumer<byte[]> sender = kind.sender(client, tun, ipv6, SENDER_PORT + 1);
                for (int key = 0; key < KEYS; key++) {
                    sender.accept(payload(key, 1));
                }
                assertEquals(plain, receive(pods, KEYS));
                assertEquals(0, datapath.counters(0).stats().packetsDropped(), () -> "" + datapath.counters(0));
            }
        }
    }

    /** Datagrams that the kernel has joined go where the first one's key leads. */
    @ParameterizedTest
    @EnumSource(names = {"INET", "INET6"})
    void shouldGiveASuperPacketToTheReceiverOfItsFirstKey(StandardProtocolFamily family) {
        boolean ipv6 = family == StandardProtocolFamily.INET6;
        try (Topology topology = Topology.builder().pods(PODS).ipv6(true).build()) {
            TunDevice tun = FrameKind.openTun(topology);
            try (NodeDatapath datapath = open(topology, ipv6);
                    FrameSender client = FrameSender.open(topology.client(), "eth0");
                    SegmentSender sender = SegmentSender.open(
                            topology.client(), WayIn.NIC_TCX.destination(topology, family), PAYLOAD_BYTES)) {
                List<DatagramSocket> pods =
                        topology.pods().stream().map(FrameKindKeysTest::socket).toList();
                List<Set<Integer>> plain = sendPlain(pods, client, tun, ipv6);
                for (int key = 0; key < KEYS; key++) {
                    ByteArrayOutputStream two = new ByteArrayOutputStream();
                    two.writeBytes(payload(key, 1));
                    two.writeBytes(payload(key, 2));
                    sender.send(two.toByteArray());
                }
                assertEquals(plain, receive(pods, 2 * KEYS));
                assertEquals(0, datapath.counters(0).stats().packetsDropped(), () -> "" + datapath.counters(0));
            }
        }
    }
}
