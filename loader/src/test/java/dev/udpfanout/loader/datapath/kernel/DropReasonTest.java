package dev.udpfanout.loader.datapath.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.abi.counter.DropReason;
import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.frames.FrameSender;
import dev.udpfanout.lab.frames.UdpFrame;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.SendPlan;
import dev.udpfanout.loader.datapath.ListenerCounters;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Each way in which a datagram cannot be sent on has a reason of its own, and is counted under it and under nothing
 * else.
 */
@Tag("kernel")
class DropReasonTest {
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final int DATAGRAMS = 7;
    private static final WayIn NIC = WayIn.NIC_TCX;
    private static final InetSocketAddress ELSEWHERE = new InetSocketAddress("203.0.113.1", 40514);

    private Topology topology;

    @BeforeEach
    void setUp() {
        topology = Topology.builder().pods(1).build();
    }

    @AfterEach
    void tearDown() {
        topology.close();
    }

    private void send(int payloadBytes) {
        try (DatagramSender sender = DatagramSender.open(topology.client(), "192.168.1.10")) {
            sender.send(
                    SendPlan.to(NIC.destination(topology)).datagrams(DATAGRAMS).payloadBytes(payloadBytes));
        }
    }

    private static void assertDropped(NodeDatapath datapath, DropReason reason, int datagrams) {
        assertTrue(
                BoundedWait.until(() -> datapath.counters(0).stats().packetsReceived() >= datagrams, LIMIT),
                "the datagrams never reached the program");
        ListenerCounters counters = datapath.counters(0);
        assertEquals(datagrams, counters.stats().packetsReceived());
        assertEquals(datagrams, counters.stats().packetsDropped());
        assertEquals(0, counters.stats().packetsForwarded());
        for (DropReason each : DropReason.values()) {
            assertEquals(each == reason ? datagrams : 0, counters.drops().get(each.label()), each.label());
        }
    }

    private void assertDroppedOnRoute(String route, DropReason reason) {
        topology.node().exec(("ip route add " + route).split(" "));
        try (NodeDatapath datapath = NIC.open(topology, NIC.listener(List.of(ELSEWHERE)))) {
            send(64);
            assertDropped(datapath, reason, DATAGRAMS);
        }
    }

    @Test
    void shouldCountBlackholeWhenTheRouteSaysSo() {
        assertDroppedOnRoute("blackhole 203.0.113.0/24", DropReason.FIB_BLACKHOLE);
    }

    @Test
    void shouldCountUnreachableWhenTheRouteSaysSo() {
        assertDroppedOnRoute("unreachable 203.0.113.0/24", DropReason.FIB_UNREACHABLE);
    }

    @Test
    void shouldCountProhibitWhenTheRouteSaysSo() {
        assertDroppedOnRoute("prohibit 203.0.113.0/24", DropReason.FIB_PROHIBIT);
    }

    @Test
    void shouldCountNotForwardedWhenThereIsNoRoute() {
        try (NodeDatapath datapath = NIC.open(topology, NIC.listener(List.of(ELSEWHERE)))) {
            send(64);
            assertDropped(datapath, DropReason.FIB_NOT_FORWARDED, DATAGRAMS);
        }
    }

    @Test
    void shouldCountForwardingDisabledWhenTheInterfaceMayNotForward() {
        topology.node().exec("sysctl", "-qw", "net.ipv4.conf.eth0.forwarding=0");
        try (NodeDatapath datapath = NIC.open(topology)) {
            send(64);
            assertDropped(datapath, DropReason.FIB_FORWARDING_DISABLED, DATAGRAMS);
        }
    }

    @Test
    void shouldCountNoEndpointsWhenTheSetIsEmpty() {
        try (NodeDatapath datapath = NIC.open(topology)) {
            datapath.apply(0, List.of());
            send(64);
            assertDropped(datapath, DropReason.NO_ENDPOINTS, DATAGRAMS);
        }
    }

    @Test
    void shouldCountTooBigWhenTheNextHopsMtuIsSmaller() {
        topology.node().exec("ip", "link", "set", "cni0", "mtu", "1000");
        try (NodeDatapath datapath = NIC.open(topology);
                FrameSender sender = FrameSender.open(topology.client(), "eth0")) {
            // From no socket: that would learn from the first.
            byte[] frame = UdpFrame.between(
                            new InetSocketAddress(TopologyPlan.CLIENT_ADDRESS, 4711), NIC.destination(topology))
                    .payload(new byte[1200])
                    .build();
            for (int i = 0; i < DATAGRAMS; i++) {
                sender.send(frame);
            }
            assertDropped(datapath, DropReason.TOO_BIG, DATAGRAMS);
        }
    }

    @Test
    void shouldCountTtlExpiredWhenTheDatagramMayNotGoOn() {
        try (NodeDatapath datapath = NIC.open(topology);
                FrameSender sender = FrameSender.open(topology.client(), "eth0")) {
            InetSocketAddress client = new InetSocketAddress("192.168.1.10", 4711);
            sender.send(
                    UdpFrame.between(client, NIC.destination(topology)).ttl(1).build());
            assertDropped(datapath, DropReason.TTL_EXPIRED, 1);
        }
    }
}
