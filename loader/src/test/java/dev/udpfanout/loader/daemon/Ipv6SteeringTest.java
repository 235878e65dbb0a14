package dev.udpfanout.loader.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.kubeproxy.ExternalTrafficPolicy;
import dev.udpfanout.lab.kubeproxy.KubeProxy;
import dev.udpfanout.lab.kubeproxy.KubeProxyRules;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.PodReceivers;
import dev.udpfanout.lab.traffic.SendPlan;
import dev.udpfanout.loader.datapath.kernel.attach.Leftovers;
import dev.udpfanout.loader.datapath.network.Network;
import dev.udpfanout.loader.datapath.network.Repair;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** An IPv6 address on the dummy interface: the kernel's routes for it come and go in other ways than IPv4's. */
@Tag("kernel")
class Ipv6SteeringTest {
    private static final Duration LIMIT = Duration.ofSeconds(4);
    private static final int POD_PORT = 40514;
    private static final InetSocketAddress VIP = new InetSocketAddress(TopologyPlan.VIP6, 5514);
    private static final String DUMMY = "2001:db8:255::1";

    private Topology topology;

    @BeforeEach
    void setUp() {
        topology = Topology.builder().pods(2).ipv6(true).build();
        new KubeProxy(topology)
                .load(KubeProxyRules.labService(
                        VIP, ExternalTrafficPolicy.LOCAL, List.of(new InetSocketAddress(DUMMY, 5514))));
    }

    @AfterEach
    void tearDown() {
        topology.close();
    }

    private DaemonRun start() throws InterruptedException {
        return DaemonRun.start(topology.node(), """
                listeners:
                  - interface: dummy0
                    bind: "[%s]:5514"
                    downstream:
                      - { address: "[2001:db8:42::11]:40514" }
                      - { address: "[2001:db8:42::12]:40514" }
                """.formatted(DUMMY));
    }

    private String node(String command) {
        return topology.node().exec(command.split(" "));
    }

    private static void awaitRepair(DaemonRun daemon, Repair repair) {
        assertTrue(BoundedWait.until(() -> daemon.repairs(repair) >= 1, LIMIT), repair::toString);
    }

    private void assertDelivered() {
        try (DatagramSender sender = DatagramSender.open(topology.client(), TopologyPlan.CLIENT_ADDRESS6);
                PodReceivers pods =
                        PodReceivers.start(topology.pods(), POD_PORT, StandardProtocolFamily.INET6, sender.runId())) {
            sender.send(SendPlan.to(VIP).datagrams(20));
            assertTrue(pods.awaitReceived(20, LIMIT), () -> pods.received() + " of 20 arrived");
        }
    }

    /**
     * Once a repair is counted, its other steps are done a moment later: the daemon's next comparison at the latest.
     */
    private void assertSteeredInTime() {
        assertTrue(
                BoundedWait.until(
                        () -> !localRoutes().contains(DUMMY) && mainRoutes().contains("proto 117"), LIMIT),
                () -> localRoutes() + mainRoutes());
        assertDelivered();
    }

    private String localRoutes() {
        return node("ip -6 route show table local type local");
    }

    private String mainRoutes() {
        return node("ip -6 route show dev dummy0");
    }

    @Test
    void shouldDeliverAndLeaveNoLocalRouteWhenStarted() throws Exception {
        try (DaemonRun daemon = start()) {
            assertSteeredInTime();
            assertEquals(0, daemon.repairs(Repair.LOCAL_ROUTE_REMOVED), "the route was waited for, not mended later");
        }
    }

    @Test
    void shouldRemoveLocalRouteWhenItIsPutBack() throws Exception {
        try (DaemonRun daemon = start()) {
            node("ip -6 route add local " + DUMMY + " dev dummy0 table local");
            awaitRepair(daemon, Repair.LOCAL_ROUTE_REMOVED);
            assertSteeredInTime();
        }
    }

    @Test
    void shouldSteerAgainWhenTheLinkFlapsAndTheAddressIsLostWithIt() throws Exception {
        try (DaemonRun daemon = start()) {
            node("ip link set dummy0 down");
            awaitRepair(daemon, Repair.ADDRESS_ADDED);
            awaitRepair(daemon, Repair.LOCAL_ROUTE_REMOVED);
            assertSteeredInTime();
        }
    }

    @Test
    void shouldForwardAgainWhenSomeoneSwitchesForwardingOff() throws Exception {
        try (DaemonRun daemon = start()) {
            node("sysctl -qw net.ipv6.conf.dummy0.forwarding=0");
            // No event of rtnetlink tells of that; the address's does.
            node("ip -6 addr del " + DUMMY + "/128 dev dummy0");
            awaitRepair(daemon, Repair.FORWARDING_ENABLED);
            assertSteeredInTime();
        }
    }

    @Test
    void shouldPutEverythingBackWhenStopped() throws Exception {
        node("ip link add dummy0 type bridge");
        node("ip link set dummy0 arp off");
        node("ip link set dummy0 up");
        node("ip -6 addr add " + DUMMY + "/128 dev dummy0");
        assertTrue(BoundedWait.until(() -> localRoutes().contains(DUMMY), LIMIT));
        String routes = ownRoutes();
        start().close();
        assertEquals(routes, ownRoutes());
        int leftovers = topology.node().call(() -> {
            try (Network network = Network.open()) {
                return Leftovers.remove(network);
            }
        });
        assertEquals(0, leftovers, "programs and routes that stayed");
    }

    /** Without the link-local address's, which comes when it likes. */
    private String ownRoutes() {
        return node("ip -6 route show table all")
                .lines()
                .filter(line -> line.contains(DUMMY))
                .sorted()
                .toList()
                .toString();
    }
}
