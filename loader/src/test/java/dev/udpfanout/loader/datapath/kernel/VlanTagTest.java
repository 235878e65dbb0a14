package dev.udpfanout.loader.datapath.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.frames.FrameSender;
import dev.udpfanout.lab.frames.Udp6Frame;
import dev.udpfanout.lab.frames.UdpFrame;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.PodReceivers;
import dev.udpfanout.lab.traffic.ReceiverReport;
import dev.udpfanout.loader.datapath.kernel.attach.NeighbourProgram;
import dev.udpfanout.loader.datapath.kernel.frames.VlanTags;
import dev.udpfanout.traffic.Payload;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tagged frames on a listener's NIC. Here, unlike with BPF_PROG_TEST_RUN, the kernel has put the outer tag beside the
 * packet (vlan_tci) before the hook, as a card does. This kernel has no 802.1Q interfaces of its own.
 */
@Tag("kernel")
class VlanTagTest {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private static final List<int[]> OURS = List.of(
            new int[] {}, new int[] {VlanTags.CUSTOMER | VlanTags.PRIORITY}, new int[] {VlanTags.CUSTOMER}, new int[] {
                VlanTags.PROVIDER | VlanTags.PRIORITY
            });

    private static final List<int[]> ANOTHER_NETWORKS = List.of(
            new int[] {VlanTags.CUSTOMER | 7},
            new int[] {VlanTags.CUSTOMER | VlanTags.PRIORITY | 7},
            new int[] {VlanTags.CUSTOMER | 4095},
            new int[] {VlanTags.PROVIDER | 7},
            new int[] {VlanTags.PROVIDER | 7, VlanTags.CUSTOMER | 8},
            new int[] {VlanTags.CUSTOMER | 7, VlanTags.CUSTOMER | 8},
            new int[] {VlanTags.PROVIDER | 7, VlanTags.CUSTOMER | VlanTags.PRIORITY},
            new int[] {VlanTags.CUSTOMER | VlanTags.PRIORITY, VlanTags.CUSTOMER | 7});

    private final long runId = DatagramSender.newRunId();

    private byte[] frame(InetSocketAddress from, InetSocketAddress to, long sequence) {
        byte[] payload = Payload.of(runId, sequence, 64);
        return from.getAddress() instanceof java.net.Inet6Address
                ? Udp6Frame.between(from, to).payload(payload).build()
                : UdpFrame.between(from, to).payload(payload).build();
    }

    @ParameterizedTest
    @EnumSource(names = {"INET", "INET6"})
    void shouldForwardWhatHasNoVlanAndLeaveWhatHasOneToTheNextProgram(StandardProtocolFamily family) {
        boolean ipv6 = family == StandardProtocolFamily.INET6;
        try (Topology topology = Topology.builder()
                        .pods(2)
                        .ipv6(ipv6)
                        .verifyChecksums(true)
                        .build();
                NodeDatapath datapath = WayIn.NIC_CLSACT.open(topology, family);
                NeighbourProgram neighbour = NeighbourProgram.attachBehind(topology.node(), "eth0");
                FrameSender sender = FrameSender.open(topology.client(), "eth0")) {
            InetSocketAddress from = new InetSocketAddress(ipv6 ? "2001:db8:1::10" : "192.168.1.10", 4711);
            InetSocketAddress to = WayIn.NIC_CLSACT.destination(topology, family);
            long sequence = 0;
            for (int[] tags : ANOTHER_NETWORKS) {
                long before = neighbour.seen();
                sender.send(VlanTags.put(frame(from, to, sequence++), tags));
                assertTrue(BoundedWait.until(() -> neighbour.seen() > before, LIMIT), () -> VlanTags.text(tags));
                assertEquals(0, datapath.counters(0).stats().packetsReceived(), () -> VlanTags.text(tags));
            }
            PodReceivers pods = PodReceivers.start(topology.pods(), WayIn.POD_PORT, family, runId);
            for (int[] tags : OURS) {
                sender.send(VlanTags.put(frame(from, to, sequence++), tags));
            }
            assertTrue(
                    pods.awaitReceived(OURS.size(), LIMIT), () -> pods.received() + " arrived, their tags taken off");
            for (ReceiverReport report : pods.stop()) {
                assertEquals(0, report.corrupt() + report.kernel().checksumErrors(), report.receiver());
            }
            assertEquals(OURS.size(), datapath.counters(0).stats().packetsForwarded());
            assertEquals(0, datapath.counters(0).stats().packetsDropped());
        }
    }
}
