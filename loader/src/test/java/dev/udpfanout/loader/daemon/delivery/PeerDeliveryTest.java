package dev.udpfanout.loader.daemon.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.frames.Fragmenter;
import dev.udpfanout.lab.frames.FrameCapture;
import dev.udpfanout.lab.frames.FrameSender;
import dev.udpfanout.lab.frames.SegmentSender;
import dev.udpfanout.lab.frames.UdpFrame;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.PodReceivers;
import dev.udpfanout.lab.traffic.ReceiverReport;
import dev.udpfanout.lab.traffic.SendPlan;
import dev.udpfanout.loader.daemon.DaemonRun;
import dev.udpfanout.traffic.Payload;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * {@code local_delivery: peer} with the daemon that finds the way by itself: two pods behind a bridge, and one that has
 * a route of its own. That the node's ends of the veths and the bridge count nothing is how it shows that datagrams
 * have not been there.
 */
@Tag("kernel")
class PeerDeliveryTest extends PeerDeliveryLab {
    @ParameterizedTest
    @CsvSource({"eth0, INET", "eth0, INET6", "dummy0, INET", "dummy0, INET6"})
    void shouldDeliverEverySizeIntactAndUnseenByBridgeAndVeth(String interfaceName, StandardProtocolFamily family)
            throws Exception {
        ping(family, podAddresses(family));
        try (DaemonRun daemon = start(interfaceName, family, "peer", endpoints(family));
                DatagramSender sender = sender(family)) {
            InetSocketAddress destination = destination(interfaceName, family);
            awaitDirect(destination, family, "veth1", "veth2", "veth3");
            String[] links = {"veth1", "veth2", "veth3", "cni0"};
            long before = sentByAll(links);
            PodReceivers pods = PodReceivers.start(topology.pods(), POD_PORT, family, sender.runId());
            for (int size = 8; size < SIZES; size++) {
                sender.send(SendPlan.to(destination).payloadBytes(size));
            }
            assertTrue(pods.awaitReceived(SIZES - 8, LIMIT), () -> "only " + pods.received() + " arrived");
            long seen = sentByAll(links) - before;
            assertIntact(pods, Set.of(sender.source()));
            assertTrue(seen < CHATTER, () -> "the node's side saw " + seen + " packets");
        }
    }

    private static void assertIntact(PodReceivers pods, Set<InetSocketAddress> sources) {
        for (ReceiverReport report : pods.stop()) {
            assertEquals(0, report.corrupt() + report.duplicates(), report.receiver() + ": corrupt, duplicates");
            assertEquals(0, report.kernel().checksumErrors(), report.receiver() + ": checksum errors");
            assertTrue(report.received() > 0, report.receiver() + " got nothing");
            assertTrue(sources.containsAll(report.sources().keySet()), "the source address is kept");
        }
    }

    @Test
    void shouldBeSeenByTheVethsWhenDeliveredByTheNextHop() throws Exception {
        StandardProtocolFamily family = StandardProtocolFamily.INET;
        ping(family, podAddresses(family));
        try (DaemonRun daemon = start("eth0", family, "neigh", endpoints(family));
                DatagramSender sender = sender(family);
                PodReceivers pods = PodReceivers.start(topology.pods(), POD_PORT, family, sender.runId())) {
            long before = sentByAll("veth1", "veth2", "veth3");
            sender.send(SendPlan.to(destination("eth0", family)).datagrams(300));
            assertTrue(pods.awaitReceived(300, LIMIT));
            long seen = sentByAll("veth1", "veth2", "veth3") - before;
            assertTrue(seen >= 300, () -> "the veths saw only " + seen);
        }
    }

    @Test
    void shouldGoByTheNextHopToWhatIsNotOnThisNode() throws Exception {
        // Pod 3 plays another node, with a pod behind it.
        topology.pod(3).exec("ip", "address", "add", "10.44.0.1/32", "dev", "lo");
        node("ip route add 10.44.0.1/32 via 10.42.0.13 dev veth3");
        StandardProtocolFamily family = StandardProtocolFamily.INET;
        ping(family, podAddresses(family));
        InetSocketAddress remote = new InetSocketAddress("10.44.0.1", POD_PORT);
        List<InetSocketAddress> both = List.of(endpoints(family).getFirst(), remote);
        try (DaemonRun daemon = start("eth0", family, "peer", both);
                DatagramSender sender = sender(family)) {
            InetSocketAddress destination = destination("eth0", family);
            awaitDirect(destination, family, "veth1");
            long local = sentBy("veth1");
            long other = sentBy("veth3");
            PodReceivers pods =
                    PodReceivers.start(List.of(topology.pod(1), topology.pod(3)), POD_PORT, family, sender.runId());
            sender.send(SendPlan.to(destination).datagrams(200).payloadBytes(100));
            assertTrue(pods.awaitReceived(200, LIMIT), () -> "only " + pods.received() + " arrived");
            assertTrue(sentBy("veth1") - local < CHATTER, "to the pod of this node, directly");
            assertTrue(sentBy("veth3") - other >= 90, "to the other node, by its next hop");
            assertIntact(pods, Set.of(sender.source()));
        }
    }

    @Test
    void shouldLearnTheWayFromTheFirstDatagramsWhenThePodWasNeverHeardOf() throws Exception {
        StandardProtocolFamily family = StandardProtocolFamily.INET;
        try (DaemonRun daemon = start("eth0", family, "peer", endpoints(family))) {
            awaitDirect(destination("eth0", family), family, "veth1", "veth2", "veth3");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"INET", "INET6"})
    void shouldFollowAPodWhoseVethIsMadeAnew(StandardProtocolFamily family) throws Exception {
        ping(family, podAddresses(family));
        InetSocketAddress destination = destination("eth0", family);
        try (DaemonRun daemon = start("eth0", family, "peer", endpoints(family))) {
            awaitDirect(destination, family, "veth1", "veth2", "veth3");
            node("ip link del veth2");
            // The pod's address on another veth with another hardware address, as after a restart of the pod.
            LabNamespace pod = topology.pod(2);
            node("ip link add veth9 type veth peer name eth0 netns " + pod.name());
            node("ip link set veth9 master cni0 up");
            pod.exec("ip", "address", "add", topology.plan().podAddress(2) + "/24", "dev", "eth0");
            pod.exec("ip", "address", "add", topology.plan().podAddress6(2) + "/64", "dev", "eth0", "nodad");
            pod.exec("ip", "link", "set", "eth0", "up");
            pod.exec("ip", "route", "add", "default", "via", TopologyPlan.POD_GATEWAY);
            pod.exec("ip", "route", "add", "default", "via", TopologyPlan.POD_GATEWAY6);
            pod.exec("ping", "-c", "1", "-W", "5", TopologyPlan.POD_GATEWAY);
            pod.exec("ping", "-6", "-c", "1", "-W", "5", TopologyPlan.POD_GATEWAY6);
            awaitDirect(destination, family, "veth1", "veth9", "veth3");
        }
    }

    @Test
    void shouldBringTheOthersAllTheirDatagramsWhileAVethGoes() throws Exception {
        StandardProtocolFamily family = StandardProtocolFamily.INET;
        ping(family, podAddresses(family));
        try (DaemonRun daemon = start("eth0", family, "peer", endpoints(family));
                DatagramSender sender = sender(family)) {
            InetSocketAddress destination = destination("eth0", family);
            awaitDirect(destination, family, "veth1", "veth2", "veth3");
            PodReceivers pods =
                    PodReceivers.start(List.of(topology.pod(1), topology.pod(3)), POD_PORT, family, sender.runId());
            sender.send(SendPlan.to(destination).datagrams(300).payloadBytes(50));
            node("ip link del veth2");
            // At once: what would have been pod 2's is lost until it is out, but nothing stands in the others' way.
            sender.send(SendPlan.to(destination).datagrams(3000).perSecond(3000).payloadBytes(50));
            int cpus = Runtime.getRuntime().availableProcessors();
            assertTrue(
                    pods.awaitReceived(2L * 3300 / 3 - 2L * cpus, LIMIT), () -> "only " + pods.received() + " arrived");
            assertIntact(pods, Set.of(sender.source()));
        }
    }

    @Test
    void shouldHaveThePodsAddressInTheFrame() throws Exception {
        StandardProtocolFamily family = StandardProtocolFamily.INET;
        ping(family, podAddresses(family));
        try (DaemonRun daemon = start("eth0", family, "peer", endpoints(family).subList(0, 1));
                DatagramSender sender = sender(family)) {
            awaitDirect(destination("eth0", family), family, "veth1");
            FrameCapture capture = FrameCapture.open(
                    topology.pod(1), "eth0", frame -> frame.parsed().isUdp());
            sender.send(SendPlan.to(destination("eth0", family)).payloadBytes(100));
            var frame = capture.await(seen -> true, LIMIT).orElseThrow().parsed();
            assertEquals(topology.plan().podMac(1), frame.destinationMac());
            assertEquals(TopologyPlan.BRIDGE_MAC, frame.sourceMac());
            assertTrue(frame.ipChecksumValid() && frame.udpChecksumValid());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"INET", "INET6"})
    void shouldDeliverSuperPacketsWhole(StandardProtocolFamily family) throws Exception {
        ping(family, podAddresses(family));
        // Without checksums on the wire, so that super-packets stay whole.
        topology.client().exec("ethtool", "-K", "eth0", "tx", "on");
        try (DaemonRun daemon = start("eth0", family, "peer", endpoints(family))) {
            InetSocketAddress destination = destination("eth0", family);
            awaitDirect(destination, family, "veth1", "veth2", "veth3");
            int segments = 20;
            int bytes = 1200;
            long runId = DatagramSender.newRunId();
            long before = sentByAll("veth1", "veth2", "veth3");
            PodReceivers pods = PodReceivers.start(topology.pods(), POD_PORT, family, runId);
            SegmentSender sender = SegmentSender.open(topology.client(), destination, bytes);
            for (int packet = 0; packet < 9; packet++) {
                ByteBuffer payloads = ByteBuffer.allocate(segments * bytes);
                for (int i = 0; i < segments; i++) {
                    payloads.put(Payload.of(runId, packet * (long) segments + i, bytes));
                }
                sender.send(payloads.array());
            }
            assertTrue(pods.awaitReceived(9L * segments, LIMIT), () -> pods.received() + " arrived");
            assertTrue(sentByAll("veth1", "veth2", "veth3") - before < CHATTER);
            pods.stop()
                    .forEach(report ->
                            assertEquals(0, report.corrupt() + report.kernel().checksumErrors()));
        }
    }

    @Test
    void shouldDeliverFragmentsToOnePodInWhateverOrder() throws Exception {
        StandardProtocolFamily family = StandardProtocolFamily.INET;
        ping(family, podAddresses(family));
        try (DaemonRun daemon = start("eth0", family, "peer", endpoints(family))) {
            InetSocketAddress destination = destination("eth0", family);
            awaitDirect(destination, family, "veth1", "veth2", "veth3");
            long runId = DatagramSender.newRunId();
            PodReceivers pods = PodReceivers.start(topology.pods(), POD_PORT, family, runId);
            FrameSender sender = FrameSender.open(topology.client(), "eth0");
            for (int i = 0; i < 12; i++) {
                byte[] whole = UdpFrame.between(new InetSocketAddress(TopologyPlan.CLIENT_ADDRESS, 4711), destination)
                        .payload(Payload.of(runId, i, 4000))
                        .build();
                List<byte[]> pieces = Fragmenter.cut(whole, 500 + i, 1024);
                (i % 2 == 0 ? pieces : pieces.reversed()).forEach(sender::send);
            }
            assertTrue(pods.awaitReceived(12, LIMIT), () -> pods.received() + " of 12 arrived");
            pods.stop()
                    .forEach(report -> assertEquals(
                            0,
                            report.corrupt()
                                    + report.duplicates()
                                    + report.kernel().checksumErrors()));
        }
    }
}
