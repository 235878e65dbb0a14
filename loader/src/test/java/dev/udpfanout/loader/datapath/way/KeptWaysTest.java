package dev.udpfanout.loader.datapath.way;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.abi.counter.DropReason;
import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.PodReceivers;
import dev.udpfanout.lab.traffic.SendPlan;
import dev.udpfanout.loader.SequenceTraffic;
import dev.udpfanout.loader.datapath.kernel.NodeDatapath;
import dev.udpfanout.loader.datapath.kernel.WayIn;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The way to an endpoint is kept for all senders together only as long as it is the same for all. */
@Tag("kernel")
class KeptWaysTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int SENT = 50;
    private static final int PER_SECOND = 20_000;

    /** A tick is 10 ms at most (CONFIG_HZ=100). */
    private static final Duration TWO_TICKS = Duration.ofMillis(20);

    private static void send(DatagramSender sender, InetSocketAddress to) {
        sender.send(SendPlan.to(to).datagrams(SENT).perSecond(2000));
    }

    @ParameterizedTest
    @CsvSource({
        "NIC_TCX, INET, from 192.168.1.0/24, the source",
        "NIC_TCX, INET6, from 2001:db8:1::/64, the source",
        "NIC_TCX, INET, sport 1-65534 ipproto udp, the source port",
        "DUMMY_TCX, INET, from 192.168.1.0/24, the source",
        "DUMMY_EGRESS_TCX, INET, from 192.168.1.0/24, the source"
    })
    void shouldObeyARuleThatLooksAtTheSender(WayIn wayIn, StandardProtocolFamily family, String rule, String what) {
        boolean ipv6 = family == StandardProtocolFamily.INET6;
        String ip = ipv6 ? "ip -6" : "ip";
        try (Topology topology = Topology.builder().pods(1).ipv6(ipv6).build();
                NodeDatapath datapath = wayIn.open(topology, family);
                DatagramSender sender = DatagramSender.open(
                        topology.client(), ipv6 ? TopologyPlan.CLIENT_ADDRESS6 : TopologyPlan.CLIENT_ADDRESS)) {
            PodReceivers pods = PodReceivers.start(topology.pods(), WayIn.POD_PORT, family, sender.runId());
            InetSocketAddress to = wayIn.destination(topology, family);
            node(topology, ip + " route add blackhole " + (ipv6 ? "2001:db8:42::11" : "10.42.0.11") + " table 77");
            assertEquals(KeptWays.BY_ENDPOINT, datapath.state(0).waysKept());
            send(sender, to);
            assertTrue(pods.awaitReceived(SENT, LIMIT));

            node(topology, ip + " rule add " + rule + " lookup 77 pref 100");
            datapath.reconcile();
            assertEquals(
                    "by client (rule 100 looks at " + what + ")",
                    datapath.state(0).waysKept());
            send(sender, to);
            assertTrue(BoundedWait.until(() -> blackholed(datapath) == SENT, LIMIT), () -> datapath.counters(0)
                    .toString());
            assertEquals(SENT, pods.received());

            node(topology, ip + " rule del " + rule + " lookup 77 pref 100");
            datapath.reconcile();
            assertEquals(KeptWays.BY_ENDPOINT, datapath.state(0).waysKept());
            send(sender, to);
            assertTrue(pods.awaitReceived(2 * SENT, LIMIT));
        }
    }

    @Test
    void shouldHoldARouteChangeUnderLoadFromTheNextTickOn() throws Exception {
        try (Topology topology = Topology.builder().pods(2).build();
                NodeDatapath datapath = WayIn.NIC_TCX.open(topology);
                SequenceTraffic.Receiver pod1 = new SequenceTraffic.Receiver(topology.pod(1), WayIn.POD_PORT);
                SequenceTraffic.Receiver pod2 = new SequenceTraffic.Receiver(topology.pod(2), WayIn.POD_PORT)) {
            assertEquals(KeptWays.BY_ENDPOINT, datapath.state(0).waysKept());
            long from;
            try (SequenceTraffic traffic =
                    new SequenceTraffic(topology.client(), WayIn.NIC_TCX.destination(topology), PER_SECOND)) {
                assertTrue(BoundedWait.until(() -> pod1.received() > PER_SECOND / 10, LIMIT));
                node(topology, "ip route add blackhole 10.42.0.11");
                Thread.sleep(TWO_TICKS);
                from = traffic.next();
                assertTrue(BoundedWait.until(() -> traffic.next() > from + PER_SECOND / 2, LIMIT));
                traffic.stop();
            }
            assertTrue(BoundedWait.until(() -> pod2.numbers().length() > from, LIMIT));
            assertEquals(-1, pod1.numbers().nextSetBit((int) from), "nothing comes by a route that is gone");
            assertTrue(blackholed(datapath) > PER_SECOND / 5, () -> datapath.counters(0)
                    .toString());
        }
    }

    @Test
    void shouldSayWhichRouteLooksAtTheFlow() {
        try (Topology topology = Topology.builder().pods(1).build();
                NodeDatapath datapath = WayIn.NIC_TCX.open(topology)) {
            node(topology, "ip route replace default nexthop via 192.168.1.10 nexthop via 192.168.1.11");
            datapath.reconcile();
            assertEquals(
                    KeptWays.BY_ENDPOINT, datapath.state(0).waysKept(), "the pods' own network has a longer prefix");
            datapath.apply(0, List.of(new InetSocketAddress("203.0.113.9", WayIn.POD_PORT)));
            assertEquals(
                    "by client (the route to 0.0.0.0/0 looks at the flow, for it has several next hops)",
                    datapath.state(0).waysKept());
            node(topology, "ip route replace default via 192.168.1.10");
            datapath.reconcile();
            assertEquals(KeptWays.BY_ENDPOINT, datapath.state(0).waysKept());
        }
    }

    private static long blackholed(NodeDatapath datapath) {
        return datapath.counters(0).drops().get(DropReason.FIB_BLACKHOLE.label());
    }

    private static void node(Topology topology, String command) {
        topology.node().exec(command.split(" "));
    }
}
