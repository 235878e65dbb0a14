package dev.udpfanout.loader.datapath.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.rtnetlink.link.Link;
import dev.udpfanout.lab.Topology;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** While nobody mends anything, the kernel's local route comes back, and takes no datagram. */
@Tag("kernel")
class LeadingRouteTest {
    private static final InetAddress IPV4 = new InetSocketAddress("10.255.0.1", 0).getAddress();
    private static final InetAddress IPV6 = new InetSocketAddress("fd00:255::1", 0).getAddress();

    private Topology topology;
    private final RepairLog repairs = new RepairLog();

    @BeforeEach
    void setUp() {
        topology = Topology.builder().pods(1).ipv6(true).build();
    }

    @AfterEach
    void tearDown() {
        topology.close();
    }

    /** What is done with a steered address, by the node's own thread. */
    private interface Steered {
        void with(Network network, Link link, DummyInterface dummy, Steering steering);
    }

    private void steered(Steered test) {
        topology.node().call(() -> {
            try (Network network = Network.open()) {
                DummyInterface dummy = new DummyInterface("dummy0", network, repairs);
                Steering steering = new Steering(network, repairs);
                Link link = dummy.ensure(List.of(IPV4, IPV6), true);
                steering.ensure(link, List.of(IPV4, IPV6));
                test.with(network, link, dummy, steering);
            }
            return null;
        });
    }

    private String node(String command) {
        return topology.node().exec(command.split(" ")).strip();
    }

    private void assertOutOfTheInterface() {
        String route = node("ip route get 10.255.0.1");
        assertTrue(route.startsWith("10.255.0.1 dev dummy0"), route);
    }

    @Test
    void shouldStayInFrontWhenTheAddressIsAddedAnew() {
        steered((network, link, dummy, steering) -> {
            // Another address keeps the kernel from taking all routes of the interface away.
            node("ip addr add 192.0.2.1/32 dev dummy0");
            node("ip addr del 10.255.0.1/32 dev dummy0");
            assertOutOfTheInterface();
            node("ip addr add 10.255.0.1/32 dev dummy0");
            assertTrue(node("ip route show table local").contains("local 10.255.0.1 dev dummy0"));
            assertOutOfTheInterface();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"route flush dev dummy0", "route flush table main"})
    void shouldStayWhenTheMainTableIsFlushed(String command) {
        steered((network, link, dummy, steering) -> {
            node("ip " + command);
            assertOutOfTheInterface();
            steering.ensure(link, List.of(IPV4));
            assertEquals(1, repairs.counts().get(Repair.LINK_ROUTE_ADDED));
        });
    }

    @Test
    void shouldComeBeforeALocalRouteThatIsThereAlready() {
        steered((network, link, dummy, steering) -> {
            node("ip link set dummy0 down");
            node("ip link set dummy0 up");
            assertTrue(node("ip route get 10.255.0.1").startsWith("local"));
            steering.ensure(link, List.of(IPV4));
            assertOutOfTheInterface();
            assertFalse(node("ip route show table local").contains("local 10.255.0.1"));
        });
    }

    @Test
    void shouldSayTheSameMtuAsTheOtherRoute() {
        steered((network, link, dummy, steering) -> {
            steering.ensure(link, List.of(IPV4), address -> OptionalInt.of(1_200));
            assertEquals(
                    2,
                    node("ip route show table all 10.255.0.1")
                            .lines()
                            .filter(route -> route.contains("mtu lock 1200"))
                            .count());
            steering.ensure(link, List.of(IPV4));
            assertFalse(node("ip route show table all 10.255.0.1").contains("mtu"));
        });
    }

    @Test
    void shouldGiveWayToSocketsAndGoAtTheEnd() {
        steered((network, link, dummy, steering) -> {
            LocalDelivery.ensure(network, link, IPV4);
            assertTrue(node("ip route get 10.255.0.1").startsWith("local"));
            assertFalse(node("ip -4 route show table all").contains("proto 117"));
            steering.ensure(link, List.of(IPV4));
            steering.undo("dummy0");
            assertTrue(node("ip route get 10.255.0.1").startsWith("local"));
            assertFalse(node("ip -4 route show table all").contains("proto 117"));
        });
    }

    /** IPv6 has no place before the kernel's route, so that is gone when the address is back. */
    @Test
    void shouldTakeTheLocalRouteAwayWithTheStepThatAddsAnIpv6Address() {
        steered((network, link, dummy, steering) -> {
            node("ip -6 addr del fd00:255::1/128 dev dummy0");
            dummy.ensure(List.of(IPV4, IPV6), true);
            assertTrue(dummy.wasMended());
            assertFalse(node("ip -6 route show table local").contains("fd00:255::1"));
            String route = node("ip -6 route get fd00:255::1");
            assertTrue(route.contains("dev dummy0") && !route.contains("local"), route);
            assertEquals(1, repairs.counts().get(Repair.LOCAL_ROUTE_REMOVED));
        });
    }
}
