package dev.udpfanout.loader.datapath.userspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.SegmentPlan;
import dev.udpfanout.lab.SegmentTopology;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.PodReceivers;
import dev.udpfanout.lab.traffic.SendPlan;
import dev.udpfanout.loader.config.Policy;
import dev.udpfanout.loader.datapath.ListenerText;
import dev.udpfanout.loader.datapath.mode.NodeModes;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Two nodes whose listeners copy, and have each other among their endpoints, where one or both are in user space: what
 * goes round comes to an end. {@code CopyLoopTest} has both in the kernel. With {@code io: nio} nothing is copied:
 * {@code CopiesWithNioTest}.
 */
@Tag("kernel")
class UserspaceCopyLoopTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int SENT = 20;
    private static final int LISTENER_PORT = 5514;
    private static final String NAME = "listener-0";

    private static InetSocketAddress node(SegmentTopology topology, int number, boolean ipv6) {
        SegmentPlan plan = topology.plan();
        return new InetSocketAddress(ipv6 ? plan.nodeAddress6(number) : plan.nodeAddress(number), LISTENER_PORT);
    }

    /** A listener that copies to the other node and to its own pod. */
    private static NodeModes open(SegmentTopology topology, int number, boolean ipv6, String io, String source) {
        SegmentPlan plan = topology.plan();
        InetSocketAddress pod = new InetSocketAddress(
                ipv6 ? plan.podAddress6(number, 1) : plan.podAddress(number, 1), NodeModes.POD_PORT);
        ListenerText text = ListenerText.on("eth0", (ipv6 ? "[::]:" : "0.0.0.0:") + LISTENER_PORT)
                .with("policy", Policy.REPLICATE);
        text = io.equals("kernel")
                ? text.with("mode", "tc_ebpf")
                : text.with("mode", "userspace")
                        .with("io", io)
                        .with("source", source)
                        .with("workers", 2);
        return NodeModes.open(topology.node(number), text.listener(List.of(node(topology, 3 - number, ipv6), pod)));
    }

    private static long copies(NodeModes modes) {
        return modes.counters(NAME).stats().packetsForwarded();
    }

    private static long drops(NodeModes modes, String reason) {
        return modes.counters(NAME).drops().getOrDefault(reason, 0L);
    }

    /**
     * @param rounds how often a pod of the first node may get a datagram: a source of its own, as with {@code source:
     *     node}, or an identification of its own, which the kernel program looks at, is known only the second time
     */
    @ParameterizedTest
    @CsvSource({
        "io_uring, io_uring, client, false, 1",
        "epoll,    epoll,    client, true,  1",
        "epoll,    io_uring, node,   false, 2",
        "io_uring, epoll,    node,   true,  2",
        "kernel,   epoll,    client, false, 2",
        "kernel,   io_uring, client, true,  2",
        "io_uring, kernel,   client, false, 1",
        "epoll,    kernel,   client, true,  1",
    })
    void shouldEndACircleOfTwoNodesThatCopyToEachOther(
            String firstIo, String secondIo, String source, boolean ipv6, int rounds) {
        StandardProtocolFamily family = ipv6 ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET;
        try (SegmentTopology topology = SegmentTopology.build(new SegmentPlan(2, 1, ipv6))) {
            NodeModes first = open(topology, 1, ipv6, firstIo, source);
            NodeModes second = open(topology, 2, ipv6, secondIo, source);
            DatagramSender sender = DatagramSender.open(
                    topology.client(), ipv6 ? SegmentPlan.CLIENT_ADDRESS6 : SegmentPlan.CLIENT_ADDRESS);
            PodReceivers firsts = PodReceivers.start(topology.pods(1), NodeModes.POD_PORT, family, sender.runId());
            PodReceivers seconds = PodReceivers.start(topology.pods(2), NodeModes.POD_PORT, family, sender.runId());
            sender.send(SendPlan.to(node(topology, 1, ipv6))
                    .datagrams(SENT)
                    .payloadBytes(100)
                    .perSecond(500));
            assertTrue(firsts.awaitReceived(SENT, LIMIT), () -> first.counters(NAME)
                    .toString());
            assertTrue(seconds.awaitReceived(SENT, LIMIT), () -> second.counters(NAME)
                    .toString());
            assertTrue(
                    BoundedWait.until(() -> drops(first, "loop") + drops(second, "loop") == SENT, LIMIT),
                    () -> first.counters(NAME) + " and " + second.counters(NAME));
            assertTrue(firsts.received() <= (long) rounds * SENT, () -> firsts.received() + " at the first pod");
            assertTrue(seconds.received() <= (long) rounds * SENT, () -> seconds.received() + " at the second pod");
            // A copy is counted after it was sent, with io_uring once the kernel has said so.
            assertTrue(
                    BoundedWait.until(
                            () -> copies(first) + copies(second) == 2 * (firsts.received() + seconds.received()),
                            LIMIT),
                    () -> "each copies to one pod and one node: " + first.counters(NAME) + " and "
                            + second.counters(NAME));
        }
    }

    @ParameterizedTest
    @CsvSource({"io_uring, client, false", "epoll,    node,   false", "io_uring, node,   true", "epoll,    client, true"
    })
    void shouldCopyEqualDatagramsOfOneSenderEachTime(String io, String source, boolean ipv6) {
        try (SegmentTopology topology = SegmentTopology.build(new SegmentPlan(2, 1, ipv6))) {
            NodeModes first = open(topology, 1, ipv6, io, source);
            DatagramSender sender = DatagramSender.open(
                    topology.client(), ipv6 ? SegmentPlan.CLIENT_ADDRESS6 : SegmentPlan.CLIENT_ADDRESS);
            for (int i = 0; i < SENT; i++) {
                // Each plan begins with the same number, so all are the same to the byte.
                sender.send(SendPlan.to(node(topology, 1, ipv6)).datagrams(1).payloadBytes(100));
            }
            assertTrue(
                    BoundedWait.until(() -> first.counters(NAME).stats().packetsForwarded() == 2L * SENT, LIMIT),
                    () -> first.counters(NAME).toString());
            // An answer that nobody listens there says that node 2 got them: it has no listener.
            assertEquals(0, drops(first, "loop") + drops(first, "ttl_expired"));
        }
    }
}
