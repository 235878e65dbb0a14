package dev.udpfanout.loader.datapath.mode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.LabNamespace;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.kubeproxy.ExternalTrafficPolicy;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.datapath.kernel.attach.Leftovers;
import dev.udpfanout.loader.datapath.network.DummyInterface;
import dev.udpfanout.loader.datapath.network.Network;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The route of a range: kept, taken away, and refused where the range is not free. */
@Tag("kernel")
class PublishedRangeRoutesTest {
    private RangeLab lab;

    @BeforeEach
    void setUp() {
        lab = new RangeLab();
    }

    @AfterEach
    void tearDown() {
        lab.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"INGRESS", "INGRESS6", "EPOLL", "EPOLL6"})
    void shouldPutTheRouteBackWhenItIsRemoved(ServedRange served) {
        try (NodeModes modes = lab.open(served)) {
            assertTrue(lab.routes(served).contains(served.range()), lab.routes(served));
            String table = served.isInKernel() ? "main" : "local";
            lab.topology()
                    .node()
                    .exec(
                            "ip",
                            served.ipv6 ? "-6" : "-4",
                            "route",
                            "flush",
                            "table",
                            table,
                            "proto",
                            "117",
                            served.range());
            assertFalse(lab.routes(served).contains(served.range()), lab.routes(served));

            modes.reconcile();

            assertTrue(lab.routes(served).contains(served.range()), lab.routes(served));
        }
    }

    /** As after kill -9: the datapath is not closed. */
    @ParameterizedTest
    @EnumSource(names = {"INGRESS", "INGRESS6", "EPOLL", "EPOLL6"})
    void shouldLeaveNoRouteWhenItIsDetachedAfterACrash(ServedRange served) {
        lab.open(served);
        assertTrue(lab.routes(served).contains(served.range()), lab.routes(served));

        lab.topology().node().call(() -> {
            try (Network network = Network.open()) {
                return Leftovers.remove(network);
            }
        });

        assertEquals("", lab.routes(served));
    }

    @Test
    void shouldRefuseARangeThatIsAnothersAndSetNothingUp() {
        lab.topology().node().exec("ip", "route", "add", "10.255.3.0/24", "dev", "cni0");

        IllegalStateException refused = assertThrows(IllegalStateException.class, () -> lab.open(ServedRange.INGRESS));

        assertEquals(
                "publish.addresses: 10.255.0.0/16 is not free on this node: it overlaps the route 10.255.3.0/24 of"
                        + " interface cni0; choose a range that nothing in the cluster has, the same for all nodes, or"
                        + " addresses: bind",
                refused.getMessage());
        assertEquals("", lab.routes(ServedRange.INGRESS));
        assertFalse(lab.topology().node().exec("ip", "link", "show").contains("dummy0"));
    }

    @Test
    void shouldRefuseARangeWithAnAddressOfTheNode() {
        lab.topology().node().exec("ip", "address", "add", "10.255.9.9/32", "dev", "cni0");

        IllegalStateException refused = assertThrows(IllegalStateException.class, () -> lab.open(ServedRange.INGRESS));

        assertTrue(
                refused.getMessage().contains("overlaps the address 10.255.9.9 of interface cni0"), refused::toString);
    }

    /** A network that the range lies in, as a router's route to all private addresses. */
    @Test
    void shouldRefuseARangeInARoutedNetworkButNotOneBehindTheDefaultRoute() {
        lab.topology().node().exec("ip", "route", "replace", "default", "via", "192.168.1.10");
        lab.open(ServedRange.INGRESS).close();
        lab.topology().node().exec("ip", "route", "add", "10.0.0.0/8", "via", "192.168.1.10");

        IllegalStateException refused = assertThrows(IllegalStateException.class, () -> lab.open(ServedRange.INGRESS));

        assertTrue(refused.getMessage().contains("overlaps the route 10.0.0.0/8 of interface eth0"), refused::toString);
    }

    /** The overlap is logged; what works goes on, also over a restart. */
    @Test
    void shouldGoOnWhenSomethingElseComesToTheRange() {
        try (NodeModes modes = lab.open(ServedRange.INGRESS)) {
            lab.topology().node().exec("ip", "route", "add", "10.255.3.0/24", "dev", "cni0");
            modes.reconcile();
            lab.loadKubeProxy(ServedRange.INGRESS, ExternalTrafficPolicy.LOCAL);

            lab.sendAll(lab.topology().client(), ServedRange.INGRESS.vip(), 0);
        }
    }

    @Test
    void shouldForgetTheRangeWhenAReloadTakesItAway() {
        try (NodeModes modes = lab.open(ServedRange.INGRESS)) {
            modes.configure(NodeModes.onDummy()
                    .with("publish", "{ service: syslog, addresses: bind }")
                    .listener(lab.topology().podEndpoints(NodeModes.POD_PORT)));

            assertFalse(lab.routes(ServedRange.INGRESS).contains("10.255.0.0/16"), lab.routes(ServedRange.INGRESS));
        }
    }

    /** Nothing of the reload is in force: neither its routes nor its map entries, also when it is tried again. */
    @ParameterizedTest
    @EnumSource(names = {"INGRESS", "INGRESS6", "EPOLL", "EPOLL6"})
    void shouldKeepEveryRouteWhenAReloadsRangeIsNotFree(ServedRange served) {
        String range = served.ipv6 ? "fd00:200:1::/64" : "10.200.1.0/24";
        String router = served.ipv6 ? TopologyPlan.CLIENT_ADDRESS6 : TopologyPlan.CLIENT_ADDRESS;
        LabNamespace node = lab.topology().node();
        node.exec("ip", family(served), "route", "add", range, "via", router);
        ListenerConfig refused = lab.publishing(served, "\"" + range + "\"");
        try (NodeModes modes = lab.open(served)) {
            lab.loadKubeProxy(served, ExternalTrafficPolicy.LOCAL);
            String before = node.exec("ip", family(served), "route", "show", "table", "all");

            assertNotFree(range, () -> modes.configure(refused));
            assertNotFree(range, modes::reconcile);

            assertEquals(before, node.exec("ip", family(served), "route", "show", "table", "all"));
            lab.sendAll(lab.topology().client(), served.vip(), 0);

            modes.configure(lab.listener(served, NodeModes.POD_PORT));

            assertEquals(before, node.exec("ip", family(served), "route", "show", "table", "all"));
        }
    }

    private static void assertNotFree(String range, Executable reload) {
        IllegalStateException refused = assertThrows(IllegalStateException.class, reload);
        assertTrue(
                refused.getMessage()
                        .contains(range + " is not free on this node: it overlaps the route " + range
                                + " of interface eth0"),
                refused::toString);
    }

    /** The table {@code local} is looked into before the route that steers the address. */
    @ParameterizedTest
    @EnumSource(names = {"INGRESS", "INGRESS6"})
    void shouldServeTheAddressInTheKernelWhenAKilledUserSpaceDatapathLeftItsRange(ServedRange served) {
        LabNamespace node = lab.topology().node();
        String range = served.ipv6 ? "2001:db8:255::/64" : "10.255.0.0/16";
        node.call(() -> {
            try (Network network = Network.open()) {
                return new DummyInterface("dummy0", network).ensure(List.of(), false);
            }
        });
        node.exec(
                "ip",
                family(served),
                "route",
                "add",
                "local",
                range,
                "dev",
                "dummy0",
                "table",
                "local",
                "proto",
                "117");
        ListenerConfig bind = lab.publishing(served, "bind");
        try (NodeModes modes = NodeModes.open(node, bind)) {
            assertFalse(lab.routes(served).contains(range), lab.routes(served));
            if (served.ipv6) {
                NodeModes.loadKubeProxy6(lab.topology());
            } else {
                NodeModes.loadKubeProxy(lab.topology());
            }

            lab.sendAll(lab.topology().client(), served.vip(), 0);

            assertTrue(modes.state(bind.name()).attached());
        }
    }

    private static String family(ServedRange served) {
        return served.ipv6 ? "-6" : "-4";
    }
}
