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
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Somebody changes what the daemon has set up; it notices, mends it and counts it. */
@Tag("kernel")
class RepairTest {
    /** Far below the daemon's own checking interval of 5 s would do: it hears of each change. */
    private static final Duration LIMIT = Duration.ofSeconds(4);

    private static final int POD_PORT = 40514;
    private static final InetSocketAddress VIP = new InetSocketAddress(TopologyPlan.VIP, 5514);
    private static final InetSocketAddress NODE = new InetSocketAddress("192.168.1.1", 5514);

    private Topology topology;

    @BeforeEach
    void setUp() {
        topology = Topology.builder().pods(2).build();
        new KubeProxy(topology)
                .load(KubeProxyRules.labService(
                        VIP, ExternalTrafficPolicy.LOCAL, List.of(new InetSocketAddress("10.255.0.1", 5514))));
    }

    @AfterEach
    void tearDown() {
        topology.close();
    }

    private DaemonRun onDummy(String attach) throws InterruptedException {
        return start("interface: dummy0, bind: \"10.255.0.1:5514\", attach: " + attach);
    }

    private DaemonRun onNic(String attach) throws InterruptedException {
        return start("interface: eth0, bind: \"0.0.0.0:5514\", attach: " + attach);
    }

    private DaemonRun start(String listener) throws InterruptedException {
        return DaemonRun.start(topology.node(), """
                listeners:
                  - { %s,
                      downstream: [ { address: "10.42.0.11:40514" }, { address: "10.42.0.12:40514" } ] }
                """.formatted(listener));
    }

    private void node(String command) {
        topology.node().exec(command.split(" "));
    }

    private static void awaitRepair(DaemonRun daemon, Repair repair, long times) {
        assertTrue(
                BoundedWait.until(() -> daemon.repairs(repair) >= times, LIMIT),
                () -> repair + ": " + daemon.repairs(repair) + " of " + times);
    }

    private void assertDelivered(InetSocketAddress destination) {
        try (DatagramSender sender = DatagramSender.open(topology.client(), TopologyPlan.CLIENT_ADDRESS);
                PodReceivers pods = PodReceivers.start(topology.pods(), POD_PORT, sender.runId())) {
            sender.send(SendPlan.to(destination).datagrams(20));
            assertTrue(pods.awaitReceived(20, LIMIT), () -> pods.received() + " of 20 arrived");
        }
    }

    @Test
    void shouldPutSteeringRouteBackWhenItIsRemoved() throws Exception {
        try (DaemonRun daemon = onDummy("auto")) {
            node("ip route del 10.255.0.1 dev dummy0");
            awaitRepair(daemon, Repair.LINK_ROUTE_ADDED, 1);
            assertDelivered(VIP);
        }
    }

    /** As the kernel does, behind ours; and before ours, where it takes the datagrams until it is removed. */
    @ParameterizedTest
    @ValueSource(strings = {"append", "prepend"})
    void shouldRemoveLocalRouteWhenItIsPutBack(String how) throws Exception {
        try (DaemonRun daemon = onDummy("auto")) {
            node("ip route " + how + " local 10.255.0.1 dev dummy0 table local");
            awaitRepair(daemon, Repair.LOCAL_ROUTE_REMOVED, 1);
            assertDelivered(VIP);
        }
    }

    @Test
    void shouldSteerAgainWhenTheAddressIsAddedAnew() throws Exception {
        try (DaemonRun daemon = onDummy("auto")) {
            node("ip addr del 10.255.0.1/32 dev dummy0");
            awaitRepair(daemon, Repair.ADDRESS_ADDED, 1);
            awaitRepair(daemon, Repair.LOCAL_ROUTE_REMOVED, 1);
            assertDelivered(VIP);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcx", "clsact"})
    void shouldSteerAgainWhenTheLinkFlaps(String attach) throws Exception {
        try (DaemonRun daemon = onDummy(attach)) {
            node("ip link set dummy0 down");
            awaitRepair(daemon, Repair.LINK_ROUTE_ADDED, 1);
            assertDelivered(VIP);
            node("ip link set dummy0 arp on");
            awaitRepair(daemon, Repair.NOARP_SET, 1);
            assertDelivered(VIP);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcx", "clsact"})
    void shouldCreateDummyInterfaceAgainWhenItIsDeleted(String attach) throws Exception {
        try (DaemonRun daemon = onDummy(attach)) {
            node("ip link del dummy0");
            awaitRepair(daemon, Repair.INTERFACE_RETURNED, 1);
            awaitRepair(daemon, Repair.LOCAL_ROUTE_REMOVED, 1);
            assertDelivered(VIP);
        }
    }

    @Test
    void shouldAttachAgainWhenTheQdiscIsDeletedBySomeoneElse() throws Exception {
        try (DaemonRun daemon = onDummy("clsact")) {
            node("tc qdisc del dev dummy0 clsact");
            awaitRepair(daemon, Repair.PROGRAM_REATTACHED, 2);
            assertDelivered(VIP);
        }
    }

    @Test
    void shouldAttachAgainWhenTheFilterIsReplacedBySomeoneElse() throws Exception {
        try (DaemonRun daemon = onNic("clsact")) {
            node("tc filter del dev eth0 ingress pref 1");
            awaitRepair(daemon, Repair.PROGRAM_REATTACHED, 1);
            assertDelivered(NODE);
        }
    }

    @Test
    void shouldAttachAgainWhenTheNicVanishesAndComesBack() throws Exception {
        try (DaemonRun daemon = onNic("auto")) {
            String mac = nodeMac();
            node("ip link del eth0");
            topology.node()
                    .exec(
                            "ip",
                            "link",
                            "add",
                            "eth0",
                            "address",
                            mac,
                            "type",
                            "veth",
                            "peer",
                            "name",
                            "eth0",
                            "netns",
                            topology.client().name());
            node("ip addr add 192.168.1.1/24 dev eth0");
            node("ip link set eth0 up");
            topology.client().exec("ip", "addr", "add", TopologyPlan.CLIENT_ADDRESS + "/24", "dev", "eth0");
            topology.client().exec("ip", "link", "set", "eth0", "up");
            awaitRepair(daemon, Repair.INTERFACE_RETURNED, 1);
            // The set of the node's own addresses follows the address, a moment after the interface.
            assertTrue(BoundedWait.until(this::isOneDelivered, LIMIT));
            assertDelivered(NODE);
        }
    }

    private String nodeMac() {
        return topology.node().exec("ip", "-o", "link", "show", "eth0").replaceAll("(?s).*link/ether (\\S+).*", "$1");
    }

    private boolean isOneDelivered() {
        try (DatagramSender sender = DatagramSender.open(topology.client(), TopologyPlan.CLIENT_ADDRESS);
                PodReceivers pods = PodReceivers.start(topology.pods(), POD_PORT, sender.runId())) {
            sender.send(SendPlan.to(NODE));
            return pods.awaitReceived(1, Duration.ofMillis(50));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcx", "clsact"})
    void shouldPutEverythingBackWhenStopped(String attach) throws Exception {
        topology.node().exec("ip", "link", "add", "dummy0", "type", "bridge");
        node("ip addr add 10.255.0.1/32 dev dummy0");
        node("ip link set dummy0 up");
        String routes = topology.node().exec("ip", "route", "show", "table", "all");
        onDummy(attach).close();
        assertEquals(routes, topology.node().exec("ip", "route", "show", "table", "all"));
        assertEquals(0, leftovers(), "programs and routes that stayed");
    }

    private int leftovers() {
        return topology.node().call(() -> {
            try (Network network = Network.open()) {
                return Leftovers.remove(network);
            }
        });
    }
}
