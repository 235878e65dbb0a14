package dev.udpfanout.loader.datapath.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.frames.TunDevice;
import dev.udpfanout.lab.frames.Udp6Frame;
import dev.udpfanout.lab.frames.UdpFrame;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.PodReceivers;
import dev.udpfanout.lab.traffic.ReceiverReport;
import dev.udpfanout.traffic.Payload;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** A node with interfaces that are no Ethernet: tun, ipip, and what else a node has. */
abstract class DeviceKindsLab {
    static final Duration LIMIT = Duration.ofSeconds(5);
    static final int ETHERNET_BYTES = 14;

    final long runId = DatagramSender.newRunId();
    Topology topology;

    @AfterEach
    void tearDown() {
        topology.close();
    }

    void build(boolean verifyChecksums) {
        topology = Topology.builder()
                .pods(2)
                .ipv6(true)
                .verifyChecksums(verifyChecksums)
                .build();
    }

    void node(String command) {
        topology.node().exec(command.split(" "));
    }

    TunDevice tun() {
        TunDevice tun = TunDevice.open(topology.node(), "tun0");
        node("ip address add 10.9.0.1/24 dev tun0");
        node("ip address add 2001:db8:9::1/64 dev tun0 nodad");
        node("ip link set tun0 up");
        return tun;
    }

    byte[] frame(StandardProtocolFamily family, int size, long sequence) {
        byte[] payload = Payload.of(runId, sequence, size);
        return family == StandardProtocolFamily.INET6
                ? Udp6Frame.between(
                                new InetSocketAddress("2001:db8:9::2", 4711),
                                new InetSocketAddress("2001:db8:9::1", 5514))
                        .payload(payload)
                        .build()
                : UdpFrame.between(new InetSocketAddress("10.9.0.2", 4711), new InetSocketAddress("10.9.0.1", 5514))
                        .payload(payload)
                        .build();
    }

    static byte[] withoutLinkLayer(byte[] frame) {
        return Arrays.copyOfRange(frame, ETHERNET_BYTES, frame.length);
    }

    List<InetSocketAddress> endpoints(StandardProtocolFamily family) {
        return family == StandardProtocolFamily.INET6
                ? topology.podEndpoints6(WayIn.POD_PORT)
                : topology.podEndpoints(WayIn.POD_PORT);
    }

    static void assertIntact(PodReceivers pods, int count) {
        assertTrue(pods.awaitReceived(count, LIMIT), () -> pods.received() + " of " + count + " arrived");
        for (ReceiverReport report : pods.stop()) {
            assertEquals(0, report.corrupt() + report.duplicates(), report.receiver() + ": corrupt, duplicates");
            assertEquals(0, report.kernel().checksumErrors(), report.receiver() + ": checksum errors");
            assertTrue(report.received() > 0, report.receiver() + " got nothing");
        }
    }
}
