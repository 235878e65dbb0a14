package dev.udpfanout.loader.datapath.kernel.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.abi.counter.DropReason;
import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.SegmentPlan;
import dev.udpfanout.lab.SegmentTopology;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.PodReceivers;
import dev.udpfanout.lab.traffic.SendPlan;
import dev.udpfanout.loader.config.ListenerConfig.AttachMethod;
import dev.udpfanout.loader.config.Policy;
import dev.udpfanout.loader.datapath.ListenerText;
import dev.udpfanout.loader.datapath.kernel.NodeDatapath;
import dev.udpfanout.loader.datapath.kernel.WayIn;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two nodes whose listeners copy, and have each other among their endpoints: a datagram does not multiply. */
@Tag("kernel")
class CopyLoopTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int SENT = 20;
    private static final int PORT = WayIn.LISTENER_PORT;

    private static InetSocketAddress node(SegmentTopology topology, int number, boolean ipv6) {
        SegmentPlan plan = topology.plan();
        return new InetSocketAddress(ipv6 ? plan.nodeAddress6(number) : plan.nodeAddress(number), PORT);
    }

    private static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    /** A listener that copies to the other node; what it does not copy goes to its own pod. */
    private static NodeDatapath open(SegmentTopology topology, int number, boolean ipv6, boolean isMirror) {
        SegmentPlan plan = topology.plan();
        InetSocketAddress other = node(topology, 3 - number, ipv6);
        InetSocketAddress pod =
                new InetSocketAddress(ipv6 ? plan.podAddress6(number, 1) : plan.podAddress(number, 1), WayIn.POD_PORT);
        ListenerText text =
                ListenerText.on("eth0", (ipv6 ? "[::]:" : "0.0.0.0:") + PORT).with("attach", AttachMethod.TCX);
        return isMirror
                ? NodeDatapath.open(
                        topology.node(number),
                        text.with("mirror", "{ downstream: [ { address: \"" + text(other) + "\" } ], sample: 1 }")
                                .listener(List.of(pod)))
                : NodeDatapath.open(
                        topology.node(number),
                        text.with("policy", Policy.REPLICATE).listener(List.of(other, pod)));
    }

    @ParameterizedTest
    @CsvSource({"false, false", "true, false", "false, true", "true, true"})
    void shouldCopyADatagramOnceAtEachNodeWhenEachCopiesToTheOther(boolean ipv6, boolean isMirror) {
        StandardProtocolFamily family = ipv6 ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET;
        try (SegmentTopology topology = SegmentTopology.build(new SegmentPlan(2, 1, ipv6));
                NodeDatapath first = open(topology, 1, ipv6, isMirror);
                NodeDatapath second = open(topology, 2, ipv6, isMirror);
                DatagramSender sender = DatagramSender.open(
                        topology.client(), ipv6 ? SegmentPlan.CLIENT_ADDRESS6 : SegmentPlan.CLIENT_ADDRESS)) {
            PodReceivers firsts = PodReceivers.start(topology.pods(1), WayIn.POD_PORT, family, sender.runId());
            PodReceivers seconds = PodReceivers.start(topology.pods(2), WayIn.POD_PORT, family, sender.runId());
            sender.send(SendPlan.to(node(topology, 1, ipv6))
                    .datagrams(SENT)
                    .payloadBytes(100)
                    .perSecond(500));
            assertTrue(
                    firsts.awaitReceived(SENT, LIMIT), () -> first.counters(0).toString());
            assertTrue(
                    seconds.awaitReceived(SENT, LIMIT), () -> second.counters(0).toString());
            assertTrue(
                    BoundedWait.until(() -> first.counters(0).drops().get(DropReason.LOOP.label()) == SENT, LIMIT),
                    () -> first.counters(0) + " and " + second.counters(0));
            assertEquals(SENT, firsts.received());
            assertEquals(SENT, seconds.received());
            assertEquals(0, second.counters(0).stats().packetsDropped());
            long each = isMirror ? SENT : 2 * SENT;
            assertEquals(each, first.counters(0).stats().packetsForwarded());
            assertEquals(each, second.counters(0).stats().packetsForwarded());
        }
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void shouldCopyEqualDatagramsOfOneSenderEachTime(boolean ipv6) {
        try (SegmentTopology topology = SegmentTopology.build(new SegmentPlan(2, 1, ipv6));
                NodeDatapath first = open(topology, 1, ipv6, false);
                DatagramSender sender = DatagramSender.open(
                        topology.client(), ipv6 ? SegmentPlan.CLIENT_ADDRESS6 : SegmentPlan.CLIENT_ADDRESS)) {
            for (int i = 0; i < SENT; i++) {
                // Each plan begins with the same number, so all are the same to the byte.
                sender.send(SendPlan.to(node(topology, 1, ipv6)).datagrams(1).payloadBytes(100));
            }
            assertTrue(
                    BoundedWait.until(() -> first.counters(0).stats().packetsForwarded() == 2L * SENT, LIMIT),
                    () -> first.counters(0).toString());
            assertEquals(0, first.counters(0).stats().packetsDropped());
        }
    }
}
