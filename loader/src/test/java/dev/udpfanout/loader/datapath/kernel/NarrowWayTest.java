package dev.udpfanout.loader.datapath.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.PodReceivers;
import dev.udpfanout.lab.traffic.ReceiverReport;
import dev.udpfanout.lab.traffic.SendPlan;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * By a dummy interface, with pods behind a link with a smaller MTU, as an overlay has: an ordinary sender, which sets
 * DF, learns from one datagram how large the next ones may be, and larger ones arrive in pieces.
 */
@Tag("kernel")
class NarrowWayTest {
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final int MTU = 1400;
    private static final int EACH = 10;

    static Stream<Arguments> dummyWays() {
        return ForwardingTest.waysAndFamilies()
                .filter(arguments -> ((WayIn) arguments.get()[0]).isOnDummy());
    }

    @ParameterizedTest
    @MethodSource("dummyWays")
    void shouldTeachAnOrdinarySenderAndDeliverEverySize(WayIn wayIn, StandardProtocolFamily family) {
        boolean ipv6 = family == StandardProtocolFamily.INET6;
        try (Topology topology =
                Topology.builder().pods(2).verifyChecksums(true).ipv6(ipv6).build()) {
            topology.node().exec("ip", "link", "set", "cni0", "mtu", Integer.toString(MTU));
            try (NodeDatapath datapath = wayIn.open(topology, family)) {
                InetSocketAddress to = wayIn.destination(topology, family);
                DatagramSender sender = DatagramSender.open(
                        topology.client(), ipv6 ? TopologyPlan.CLIENT_ADDRESS6 : TopologyPlan.CLIENT_ADDRESS);
                PodReceivers pods = PodReceivers.start(topology.pods(), WayIn.POD_PORT, family, sender.runId());
                sender.send(SendPlan.to(to).payloadBytes(1440));
                assertTrue(
                        BoundedWait.until(() -> learnt(topology, to).contains("mtu " + MTU), LIMIT),
                        () -> learnt(topology, to));
                for (int size : new int[] {1440, 3_000, 9_000}) {
                    sender.send(SendPlan.to(to).payloadBytes(size).datagrams(EACH));
                }
                assertTrue(
                        pods.awaitReceived(3 * EACH, LIMIT),
                        () -> pods.received() + " arrived; " + datapath.counters(0));
                assertEquals(
                        0,
                        pods.stop().stream().mapToLong(ReceiverReport::corrupt).sum());
                assertEquals(0, datapath.counters(0).stats().packetsDropped());
            }
        }
    }

    private static String learnt(Topology topology, InetSocketAddress to) {
        return topology.client().exec("ip", "route", "get", to.getAddress().getHostAddress());
    }
}
