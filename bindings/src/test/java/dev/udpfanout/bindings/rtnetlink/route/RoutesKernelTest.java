package dev.udpfanout.bindings.rtnetlink.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.rtnetlink.RtnetlinkSocket;
import dev.udpfanout.bindings.rtnetlink.TestNamespace;
import dev.udpfanout.bindings.rtnetlink.address.Addresses;
import dev.udpfanout.bindings.rtnetlink.address.Scope;
import dev.udpfanout.bindings.rtnetlink.link.Links;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kernel")
class RoutesKernelTest {
    private static final int OTHER_TABLE = 100_000;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static TestNamespace namespace;
    private static RtnetlinkSocket socket;
    private static Routes routes;
    private static InetAddress vip;
    private static InetAddress vip6;
    private int link;

    @BeforeAll
    static void create() throws Exception {
        namespace = TestNamespace.create();
        socket = namespace.socket();
        routes = new Routes(socket);
        vip = InetAddress.getByName("10.255.0.1");
        vip6 = InetAddress.getByName("fd00::1");
    }

    @AfterAll
    static void remove() {
        socket.close();
        namespace.close();
    }

    @BeforeEach
    void addVip() {
        Links links = new Links(socket);
        link = links.createBridge("dummy0").index();
        links.setNoArp(link, true);
        links.setUp(link);
        new Addresses(socket).add(link, vip, 32);
        new Addresses(socket).add(link, vip6, 128);
        awaitLocalRoute(vip6);
    }

    @AfterEach
    void deleteLink() {
        new Links(socket).delete(link);
    }

    @Test
    void shouldListTheKernelsLocalRouteWhenAnAddressIsAssigned() {
        assertTrue(routes.table(Route.LOCAL_TABLE).contains(Route.local(vip, link)));
        assertTrue(routes.table(Route.LOCAL_TABLE).contains(Route.local(vip6, link)));
    }

    @Test
    void shouldForwardInsteadOfDeliverWhenTheSteeringRoutesAreInPlace() {
        assertTrue(namespace.ip("route", "get", "10.255.0.1").startsWith("local 10.255.0.1 dev lo"));
        routes.remove(Route.local(vip, link));
        routes.add(Route.onLink(vip, 32, link));
        assertTrue(namespace.ip("route", "get", "10.255.0.1").startsWith("10.255.0.1 dev dummy0"));
        assertFalse(namespace.ip("route", "show", "table", "local").contains("10.255.0.1"));
        assertTrue(namespace.ip("route", "show").contains("10.255.0.1 dev dummy0 proto static scope link"));
    }

    @Test
    void shouldDeliverAgainWhenTheSteeringRoutesAreTakenBack() {
        routes.remove(Route.local(vip, link));
        routes.add(Route.onLink(vip, 32, link));
        routes.add(Route.local(vip, link));
        routes.remove(Route.onLink(vip, 32, link));
        assertTrue(namespace.ip("route", "get", "10.255.0.1").startsWith("local 10.255.0.1 dev lo"));
        assertTrue(routes.table(Route.LOCAL_TABLE).contains(Route.local(vip, link)));
        assertEquals("", namespace.ip("route", "show", "10.255.0.1/32"));
    }

    @Test
    void shouldSteerIpv6WhenTheLocalRouteIsRemoved() {
        routes.remove(Route.local(vip6, link));
        routes.replace(Route.onLink(vip6, 128, link));
        assertTrue(namespace.ip("-6", "route", "get", "fd00::1").startsWith("fd00::1 from :: dev dummy0"));
        routes.add(Route.local(vip6, link));
        assertTrue(namespace.ip("-6", "route", "get", "fd00::1").startsWith("local fd00::1 "));
    }

    @Test
    void shouldRemoveTheRouteWithTheAddressWhenTheLocalRouteWasPutBack() {
        routes.remove(Route.local(vip, link));
        routes.add(Route.local(vip, link));
        new Addresses(socket).remove(link, vip, 32);
        assertFalse(routes.table(Route.LOCAL_TABLE).contains(Route.local(vip, link)));
    }

    @Test
    void shouldLeaveTheIpv6LocalRouteBehindWhenItWasPutBackAndTheAddressIsRemoved() {
        routes.remove(Route.local(vip6, link));
        routes.add(Route.local(vip6, link));
        new Addresses(socket).remove(link, vip6, 128);
        assertTrue(namespace.ip("-6", "route", "show", "table", "local").contains("local fd00::1 dev dummy0"));
        routes.remove(Route.local(vip6, link));
        assertFalse(namespace.ip("-6", "route", "show", "table", "local").contains("fd00::1"));
    }

    @Test
    void shouldReadBackEverythingWhenARouteHasAllParts() throws Exception {
        new Addresses(socket).add(link, InetAddress.getByName("fd01::1"), 64);
        Route route = new Route(
                OTHER_TABLE,
                RouteType.UNICAST,
                InetAddress.getByName("198.51.100.0"),
                24,
                OptionalInt.of(link),
                Optional.of(InetAddress.getByName("fd01::2")),
                77,
                Scope.UNIVERSE,
                RouteProtocol.BOOT,
                Optional.of(vip),
                OptionalInt.empty(),
                List.of());
        routes.add(route);
        assertEquals(1, routes.table(OTHER_TABLE).size());
        assertEquals(route, routes.table(OTHER_TABLE).getFirst());
        String shown = namespace.ip("route", "show", "table", Integer.toString(OTHER_TABLE));
        assertTrue(shown.contains("198.51.100.0/24 via inet6 fd01::2 dev dummy0"), shown);
        routes.remove(route);
        assertEquals(0, routes.table(OTHER_TABLE).size());
    }

    @Test
    void shouldReadDefaultAndBlackholeRoutesWhenIpAddedThem() throws Exception {
        namespace.ip("route", "add", "default", "via", "10.255.0.2", "dev", "dummy0", "onlink", "table", "77");
        namespace.ip("route", "add", "blackhole", "203.0.113.0/24", "table", "77");
        Route first = routes.table(77).getFirst();
        Route second = routes.table(77).getLast();
        assertEquals(0, first.prefixLength());
        assertEquals(InetAddress.getByName("0.0.0.0"), first.destination());
        assertEquals(Optional.of(InetAddress.getByName("10.255.0.2")), first.gateway());
        assertEquals(RouteType.BLACKHOLE, second.type());
        routes.remove(second);
        routes.remove(first);
        assertEquals(0, routes.table(77).size());
    }

    @Test
    void shouldReadBackALockedMtuAndReplaceIt() {
        Route route = Route.onLink(vip, 32, link).withLockedMtu(OptionalInt.of(1400));
        routes.add(route);
        assertTrue(routes.table(Route.MAIN_TABLE).contains(route));
        assertTrue(namespace.ip("route", "show", "10.255.0.1").contains("mtu lock 1400"));
        Route plain = route.withLockedMtu(OptionalInt.empty());
        routes.replace(plain);
        assertTrue(routes.table(Route.MAIN_TABLE).contains(plain));
        assertFalse(namespace.ip("route", "show", "10.255.0.1").contains("mtu"));
        namespace.ip("route", "replace", "10.255.0.1", "dev", "dummy0", "mtu", "1300");
        assertTrue(
                routes.table(Route.MAIN_TABLE).stream()
                        .noneMatch(each -> each.lockedMtuBytes().isPresent()),
                "an MTU that is not locked is none");
        routes.replace(route);
        routes.remove(route);
    }

    @Test
    void shouldTellWhatTheKernelChoosesByRulesAndTables() throws Exception {
        InetAddress endpoint = InetAddress.getByName("198.51.100.7");
        assertEquals(Optional.empty(), routes.chosen(endpoint));
        namespace.ip("route", "add", "198.51.100.0/24", "dev", "dummy0");
        assertEquals(
                Optional.of(new ChosenRoute(
                        RouteType.UNICAST, OptionalInt.of(link), Optional.empty(), OptionalInt.empty())),
                routes.chosen(endpoint));
        namespace.ip("rule", "add", "to", "198.51.100.7", "lookup", "77");
        namespace.ip(
                "route",
                "add",
                "default",
                "via",
                "10.255.0.2",
                "dev",
                "dummy0",
                "onlink",
                "mtu",
                "1300",
                "table",
                "77");
        assertEquals(
                Optional.of(new ChosenRoute(
                        RouteType.UNICAST,
                        OptionalInt.of(link),
                        Optional.of(InetAddress.getByName("10.255.0.2")),
                        OptionalInt.of(1300))),
                routes.chosen(endpoint));
        assertEquals(RouteType.LOCAL, routes.chosen(vip).orElseThrow().type());
        namespace.ip("rule", "del", "to", "198.51.100.7", "lookup", "77");
        namespace.ip("route", "flush", "table", "77");
        namespace.ip("route", "del", "198.51.100.0/24");
    }

    @Test
    void shouldNameTheRouteWhenItIsThereAlready() {
        routes.add(Route.onLink(vip, 32, link));
        SystemCallException thrown =
                assertThrows(SystemCallException.class, () -> routes.add(Route.onLink(vip, 32, link)));
        assertEquals("RTM_NEWROUTE on 10.255.0.1/32 dev dummy0: EEXIST", thrown.getMessage());
    }

    @Test
    void shouldNotFailWhenARouteIsReplacedByItself() {
        routes.replace(Route.onLink(vip, 32, link));
        routes.replace(Route.onLink(vip, 32, link));
        assertEquals(
                1,
                routes.table(Route.MAIN_TABLE).stream()
                        .filter(route -> route.destination().equals(vip))
                        .count());
    }

    @Test
    void shouldNameTheTableWhenTheRouteToRemoveIsNotThere() {
        routes.remove(Route.local(vip, link));
        SystemCallException thrown =
                assertThrows(SystemCallException.class, () -> routes.remove(Route.local(vip, link)));
        assertEquals(Errno.ESRCH, thrown.errno());
        assertTrue(
                thrown.getMessage().startsWith("RTM_DELROUTE on local 10.255.0.1/32 dev dummy0 table local: ESRCH"),
                thrown.getMessage());
    }

    @Test
    void shouldLeaveTheOtherRouteWhenOneOfTwoPrioritiesIsRemoved() {
        namespace.ip("route", "add", "198.51.100.0/24", "dev", "dummy0", "metric", "10");
        namespace.ip("route", "add", "198.51.100.0/24", "dev", "dummy0", "metric", "20");
        routes.table(Route.MAIN_TABLE).stream()
                .filter(route -> route.priority() == 20)
                .forEach(routes::remove);
        String shown = namespace.ip("route", "show", "198.51.100.0/24");
        assertTrue(shown.contains("metric 10") && !shown.contains("metric 20"), shown);
    }

    @Test
    void shouldPutTheLocalRouteBackAndDropTheSteeringRouteWhenTheLinkFlaps() {
        routes.remove(Route.local(vip, link));
        routes.add(Route.onLink(vip, 32, link));
        new Links(socket).setDown(link);
        new Links(socket).setUp(link);
        assertTrue(routes.table(Route.LOCAL_TABLE).contains(Route.local(vip, link)));
        assertFalse(routes.table(Route.MAIN_TABLE).contains(Route.onLink(vip, 32, link)));
    }

    /** For IPv6 the kernel adds it a little later than the address. */
    private void awaitLocalRoute(InetAddress address) {
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        while (!routes.table(Route.LOCAL_TABLE).contains(Route.local(address, link))) {
            assertTrue(System.nanoTime() < deadlineNanos, "no local route for " + address);
            Thread.onSpinWait();
        }
    }
}
