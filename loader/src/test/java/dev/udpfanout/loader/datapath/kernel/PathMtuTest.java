package dev.udpfanout.loader.datapath.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.abi.listener.ListenerEntry;
import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.loader.datapath.ListenerText;
import dev.udpfanout.loader.datapath.WayState;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The narrowest way to an endpoint decides how large a listener's packets may be: in LISTENERS, on dummy0's route. */
@Tag("kernel")
class PathMtuTest {
    private static final InetSocketAddress UNREACHABLE = new InetSocketAddress("203.0.113.7", WayIn.POD_PORT);
    private static final InetSocketAddress BEHIND_ROUTER = new InetSocketAddress("198.51.100.7", WayIn.POD_PORT);
    private static final InetSocketAddress OWN = new InetSocketAddress(TopologyPlan.NODE_ADDRESS, WayIn.POD_PORT);

    private Topology topology;
    private KernelProgram program;

    @BeforeEach
    void setUp() {
        topology = Topology.builder().pods(2).ipv6(true).build();
        program = KernelProgram.load(KernelProgram.builtIn());
        node("ip route add blackhole 203.0.113.0/24");
    }

    @AfterEach
    void tearDown() {
        topology.close();
    }

    private void node(String command) {
        topology.node().exec(command.split(" "));
    }

    private List<InetSocketAddress> pods(InetSocketAddress... more) {
        List<InetSocketAddress> all = new ArrayList<>(topology.podEndpoints(WayIn.POD_PORT));
        all.addAll(List.of(more));
        return all;
    }

    /** Of all entries of LISTENERS. */
    private Set<Integer> listenerMtus(NodeDatapath datapath) {
        return datapath.call(() -> {
            Set<Integer> mtus = new TreeSet<>();
            program.map(SharedMaps.LISTENERS)
                    .entries()
                    .values()
                    .forEach((ListenerEntry entry) -> mtus.add(entry.mtuBytes()));
            return mtus;
        });
    }

    private String steering(String address) {
        return topology.node().exec("ip", "route", "show", address).strip();
    }

    @Test
    void shouldFollowTheNarrowestWayWhenALinkOrARouteChanges() {
        try (NodeDatapath datapath =
                NodeDatapath.open(topology.node(), program, WayIn.DUMMY_TCX.listener(pods(UNREACHABLE)))) {
            assertEquals(Set.of(1500), listenerMtus(datapath));
            assertFalse(steering("10.255.0.1").contains("mtu"), "the interface's own is small enough");

            node("ip link set cni0 mtu 1450");
            datapath.reconcile();
            assertEquals(Set.of(1450), listenerMtus(datapath));
            assertTrue(steering("10.255.0.1").contains("proto 117 scope link mtu lock 1450"), steering("10.255.0.1"));
            assertEquals(
                    List.of(new WayState("cni0", OptionalInt.of(1450), 2)),
                    datapath.state(0).ways());

            node("ip route add 10.42.0.12 dev cni0 mtu lock 1000");
            datapath.reconcile();
            assertEquals(Set.of(1000), listenerMtus(datapath));
            assertTrue(steering("10.255.0.1").contains("mtu lock 1000"), steering("10.255.0.1"));

            node("ip route del 10.42.0.12");
            node("ip link set cni0 mtu 1500");
            datapath.reconcile();
            assertEquals(Set.of(1500), listenerMtus(datapath));
            assertFalse(steering("10.255.0.1").contains("mtu"), "wide again");
            assertEquals(0, datapath.repairs().get("link_route_mtu_set"));
        }
    }

    @Test
    void shouldKnowTheWayOfANewEndpointAtOnceAndForgetThatOfOneThatGoes() {
        node("ip route add 198.51.100.0/24 via 192.168.1.10 mtu 1300");
        try (NodeDatapath datapath =
                NodeDatapath.open(topology.node(), program, WayIn.DUMMY_EGRESS_CLSACT.listener(pods()))) {
            datapath.apply(0, pods(BEHIND_ROUTER));
            assertEquals(Set.of(1300), listenerMtus(datapath));
            assertTrue(steering("10.255.0.1").contains("mtu lock 1300"), steering("10.255.0.1"));
            datapath.apply(0, pods());
            assertEquals(Set.of(1500), listenerMtus(datapath));
            assertFalse(steering("10.255.0.1").contains("mtu"), steering("10.255.0.1"));
        }
    }

    @Test
    void shouldSetNoBoundForAnEndpointOnTheNodeNorForAMirrors() {
        node("ip link set lo mtu 1200");
        node("ip route add 198.51.100.0/24 via 192.168.1.10 mtu 1300");
        try (NodeDatapath datapath = NodeDatapath.open(
                topology.node(),
                program,
                ListenerText.on("eth0", "0.0.0.0:" + WayIn.LISTENER_PORT)
                        .with("mirror", "{ downstream: [ { address: \"198.51.100.7:40514\" } ] }")
                        .listener(pods(OWN)))) {
            assertEquals(Set.of(1500), listenerMtus(datapath));
            datapath.apply(0, List.of(OWN));
            assertEquals(Set.of(0), listenerMtus(datapath));
            assertEquals(
                    List.of(new WayState("lo", OptionalInt.empty(), 1)),
                    datapath.state(0).ways());
        }
    }

    @Test
    void shouldPutTheMtuBackOnTheRouteWhenSomebodyTakesItAway() {
        node("ip link set cni0 mtu 1450");
        try (NodeDatapath datapath = NodeDatapath.open(topology.node(), program, WayIn.DUMMY_CLSACT.listener(pods()))) {
            node("ip route replace 10.255.0.1 dev dummy0 proto 117 scope link");
            datapath.reconcile();
            assertTrue(steering("10.255.0.1").contains("mtu lock 1450"), steering("10.255.0.1"));
            assertEquals(1, datapath.repairs().get("link_route_mtu_set"));
        }
        assertEquals("", steering("10.255.0.1"), "nothing of ours stays");
    }

    @Test
    void shouldGiveIpv6ItsOwnMtuAndNoneBelow1280() {
        node("sysctl -qw net.ipv6.conf.cni0.mtu=1400");
        try (NodeDatapath datapath = NodeDatapath.open(
                topology.node(), program, WayIn.DUMMY_TCX.listener(topology.podEndpoints6(WayIn.POD_PORT)))) {
            assertEquals(Set.of(1400), listenerMtus(datapath));
            String route = topology.node().exec("ip", "-6", "route", "get", WayIn.DUMMY_ADDRESS6);
            assertTrue(route.contains("proto 117") && route.contains("mtu lock 1400"), route);
            node("ip -6 route add 2001:db8:42::12 dev cni0 mtu lock 1200");
            datapath.reconcile();
            assertEquals(Set.of(1280), listenerMtus(datapath));
        }
    }
}
