package dev.udpfanout.loader.datapath.kernel.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.abi.counter.DropReason;
import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.frames.Fragmenter;
import dev.udpfanout.lab.frames.FrameSender;
import dev.udpfanout.lab.frames.UdpFrame;
import dev.udpfanout.lab.process.CommandFailedException;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ListenerConfig.AttachMethod;
import dev.udpfanout.loader.config.reader.ConfigReader;
import dev.udpfanout.loader.datapath.ListenerText;
import dev.udpfanout.loader.datapath.kernel.NodeDatapath;
import dev.udpfanout.loader.datapath.kernel.WayIn;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sources that cannot come by the NIC: a listener there takes what the interface's own rp_filter lets through. */
@Tag("kernel")
class ReversePathTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int PORT = 5514;

    /** A pod's address, one of the pods' range that nobody has, the broadcast address of the client's network. */
    private static final String POD = "10.42.0.11";

    private static final String NO_POD = "10.42.0.200";
    private static final String BROADCAST = "192.168.1.255";
    private static final String NEIGHBOUR = "192.168.1.77";
    private static final String FAR_AWAY = "203.0.113.9";
    private static final String ON_LOOPBACK = "192.0.2.50";

    private final AtomicInteger nextId = new AtomicInteger();

    private static void filter(Topology topology, String where, int mode) {
        topology.node().exec("sysctl", "-qw", "net.ipv4.conf." + where + ".rp_filter=" + mode);
    }

    private void expect(
            NodeDatapath datapath, FrameSender sender, InetSocketAddress to, String source, boolean passes) {
        long forwarded = datapath.counters(0).stats().packetsForwarded();
        long refused = datapath.counters(0).drops().get(DropReason.BAD_SOURCE.label());
        byte[] frame = UdpFrame.between(new InetSocketAddress(source, 4711), to)
                .payload(new byte[600])
                .build();
        sender.send(frame);
        Fragmenter.cut(frame, nextId.incrementAndGet(), 512).forEach(sender::send);
        assertTrue(
                BoundedWait.until(
                        () -> datapath.counters(0).stats().packetsForwarded() == forwarded + (passes ? 3 : 0)
                                && datapath.counters(0).drops().get(DropReason.BAD_SOURCE.label())
                                        == refused + (passes ? 0 : 3),
                        LIMIT),
                () -> source + ": " + datapath.counters(0));
    }

    private static NodeDatapath open(Topology topology, String bind, String more) {
        ListenerText text = ListenerText.on("eth0", bind + ":" + PORT).with("attach", AttachMethod.TCX);
        return NodeDatapath.open(
                topology.node(),
                (more.isEmpty() ? text : text.with("allow", more)).listener(topology.podEndpoints(WayIn.POD_PORT)));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, true, true, true",
        "2, 0, true, true, false",
        "0, 1, false, false, false",
        "1, 2, true, true, false"
    })
    void shouldJudgeAsTheLargerSettingSays(
            int all, int own, boolean podPasses, boolean noPodPasses, boolean broadcastPasses) {
        try (Topology topology = Topology.builder().pods(2).build();
                FrameSender sender = FrameSender.open(topology.client(), "eth0")) {
            topology.node().exec("ip", "route", "add", "default", "via", TopologyPlan.CLIENT_ADDRESS);
            filter(topology, "all", all);
            filter(topology, "eth0", own);
            NodeDatapath datapath = open(topology, "0.0.0.0", "");
            InetSocketAddress to = new InetSocketAddress(TopologyPlan.NODE_ADDRESS, PORT);
            expect(datapath, sender, to, TopologyPlan.CLIENT_ADDRESS, true);
            expect(datapath, sender, to, NEIGHBOUR, true);
            expect(datapath, sender, to, FAR_AWAY, true);
            expect(datapath, sender, to, POD, podPasses);
            expect(datapath, sender, to, NO_POD, noPodPasses);
            expect(datapath, sender, to, BROADCAST, broadcastPasses);
        }
    }

    @Test
    void shouldNotLetAPodsAddressFromTheLanPassAllow() {
        try (Topology topology = Topology.builder().pods(2).build();
                FrameSender sender = FrameSender.open(topology.client(), "eth0")) {
            filter(topology, "eth0", 1);
            NodeDatapath datapath = open(topology, "0.0.0.0", "[10.42.0.0/24]");
            InetSocketAddress to = new InetSocketAddress(TopologyPlan.NODE_ADDRESS, PORT);
            expect(datapath, sender, to, POD, false);
        }
    }

    @Test
    void shouldRefuseASourceWithoutARouteAndFollowTheSetting() {
        try (Topology topology = Topology.builder().pods(2).build();
                FrameSender sender = FrameSender.open(topology.client(), "eth0")) {
            NodeDatapath datapath = open(topology, "0.0.0.0", "");
            InetSocketAddress to = new InetSocketAddress(TopologyPlan.NODE_ADDRESS, PORT);
            expect(datapath, sender, to, FAR_AWAY, true);
            filter(topology, "eth0", 2);
            datapath.reconcile();
            expect(datapath, sender, to, FAR_AWAY, false);
            filter(topology, "eth0", 0);
            datapath.reconcile();
            expect(datapath, sender, to, FAR_AWAY, true);
        }
    }

    /**
     * To an address of neither interface: of several next hops 6.15 and later prefer the one with the flow's address.
     */
    @Test
    void shouldNotBeStrictWhereSeveralWaysLeadBack() {
        try (Topology topology = Topology.builder().pods(2).build();
                FrameSender sender = FrameSender.open(topology.client(), "eth0")) {
            filter(topology, "eth0", 1);
            topology.node().exec("ip", "address", "add", ON_LOOPBACK + "/32", "dev", "lo");
            topology.node()
                    .exec(
                            "ip",
                            "route",
                            "add",
                            "203.0.113.0/24",
                            "nexthop",
                            "via",
                            TopologyPlan.CLIENT_ADDRESS,
                            "nexthop",
                            "via",
                            POD);
            NodeDatapath datapath = open(topology, "0.0.0.0", "");
            InetSocketAddress to = new InetSocketAddress(ON_LOOPBACK, PORT);
            for (int i = 1; i < 20; i++) {
                expect(datapath, sender, to, "203.0.113." + i, true);
            }
        }
    }

    /** Next hops by two interfaces, and the pods behind a third one: the kernel refuses a pod's address at the NIC. */
    @Test
    void shouldRefuseAPodsAddressWhereSeveralWaysLeadElsewhere() {
        try (Topology topology = Topology.builder().pods(2).build();
                FrameSender sender = FrameSender.open(topology.client(), "eth0")) {
            LabNamespace node = topology.node();
            filter(topology, "eth0", 1);
            node.exec("ip", "link", "add", "lan2", "type", "bridge");
            node.exec("ip", "address", "add", "198.51.100.1/24", "dev", "lan2");
            node.exec("ip", "link", "set", "lan2", "up");
            String ways = "default nexthop via " + TopologyPlan.CLIENT_ADDRESS + " nexthop via 198.51.100.2";
            node.exec(("ip route add " + ways).split(" "));
            NodeDatapath datapath = open(topology, "0.0.0.0", "");
            InetSocketAddress to = new InetSocketAddress(TopologyPlan.NODE_ADDRESS, PORT);
            for (int i = 1; i < 20; i++) {
                expect(datapath, sender, to, "203.0.113." + i, true);
            }
            expect(datapath, sender, to, POD, false);
            expect(datapath, sender, to, NO_POD, false);
            node.exec(("ip route del " + ways).split(" "));
            datapath.reconcile();
            expect(datapath, sender, to, FAR_AWAY, false);
        }
    }

    /**
     * A prefix with one next hop within one with several, and one with several within that: the longest one counts. The
     * kernel is asked, too.
     */
    @ParameterizedTest
    @CsvSource({
        "203.0.113.9, true",
        "203.0.113.200, false",
        "203.0.113.250, true",
        "198.51.100.9, false",
        "192.0.2.1, true",
        "10.42.0.11, false"
    })
    void shouldNotTakeOneNextHopForAnotherWhereALongerPrefixLeadsByOne(String source, boolean passes) {
        try (Topology topology = Topology.builder().pods(2).build();
                FrameSender sender = FrameSender.open(topology.client(), "eth0")) {
            LabNamespace node = topology.node();
            filter(topology, "all", 0);
            filter(topology, "eth0", 1);
            node.exec("ip", "link", "add", "lan2", "type", "bridge");
            node.exec("ip", "address", "add", "198.51.100.1/24", "dev", "lan2");
            node.exec("ip", "link", "set", "lan2", "up");
            String both = " nexthop via " + TopologyPlan.CLIENT_ADDRESS + " nexthop via 198.51.100.2";
            node.exec(("ip route add default" + both).split(" "));
            node.exec("ip route add 203.0.113.128/25 via 198.51.100.2".split(" "));
            node.exec(("ip route add 203.0.113.240/28" + both).split(" "));
            assertEquals(passes, isRightToTheKernel(node, source));
            NodeDatapath datapath = open(topology, "0.0.0.0", "");
            expect(datapath, sender, new InetSocketAddress(TopologyPlan.NODE_ADDRESS, PORT), source, passes);
        }
    }

    /** What fib_validate_source says of a source that comes in by the NIC. */
    private static boolean isRightToTheKernel(LabNamespace node, String source) {
        try {
            node.exec("ip", "route", "get", TopologyPlan.NODE_ADDRESS, "from", source, "iif", "eth0");
            return true;
        } catch (CommandFailedException e) {
            return false;
        }
    }

    /** The stack sees what comes by the port on the bridge, and judges it there. */
    @ParameterizedTest
    @CsvSource({"1, false, false", "2, true, false", "0, true, true"})
    void shouldJudgeAsTheBridgeDoesWhatComesByItsPort(int filter, boolean podPasses, boolean farAwayPasses) {
        try (Topology topology = Topology.builder().pods(2).build();
                FrameSender sender = FrameSender.open(topology.client(), "eth0")) {
            LabNamespace node = topology.node();
            String address = TopologyPlan.NODE_ADDRESS + "/24";
            node.exec("ip", "link", "add", "lan", "type", "bridge");
            node.exec("ip", "link", "set", "eth0", "master", "lan");
            node.exec("ip", "address", "del", address, "dev", "eth0");
            node.exec("ip", "address", "add", address, "dev", "lan");
            node.exec("ip", "link", "set", "lan", "address", TopologyPlan.NODE_MAC.toString());
            node.exec("ip", "link", "set", "lan", "up");
            node.exec("sysctl", "-qw", "net.ipv4.conf.lan.forwarding=1");
            filter(topology, "lan", filter);
            NodeDatapath datapath = open(topology, "0.0.0.0", "");
            InetSocketAddress to = new InetSocketAddress(TopologyPlan.NODE_ADDRESS, PORT);
            expect(datapath, sender, to, TopologyPlan.CLIENT_ADDRESS, true);
            expect(datapath, sender, to, POD, podPasses);
            expect(datapath, sender, to, FAR_AWAY, farAwayPasses);
        }
    }

    @Test
    void shouldRefuseTheVipAsASourceWhateverTheSetting() throws Exception {
        try (Topology topology = Topology.builder().pods(2).build();
                FrameSender sender = FrameSender.open(topology.client(), "eth0")) {
            ListenerConfig listener = new ConfigReader(name -> true)
                    .parse("""
                            listeners:
                              - { name: vip, bind: "vip:5514", interface: eth0, publish: { service: syslog-vip },
                                  downstream: [ { address: "10.42.0.11:40514" } ] }
                            """, "test")
                    .listeners()
                    .getFirst();
            NodeDatapath datapath = NodeDatapath.open(topology.node(), listener);
            datapath.setVips(Set.of(InetAddress.ofLiteral(TopologyPlan.VIP)));
            InetSocketAddress to = new InetSocketAddress(TopologyPlan.VIP, PORT);
            expect(datapath, sender, to, TopologyPlan.CLIENT_ADDRESS, true);
            expect(datapath, sender, to, TopologyPlan.VIP, false);
        }
    }
}
