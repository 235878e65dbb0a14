package dev.udpfanout.bindings.rtnetlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.errno.Errno;
import dev.udpfanout.bindings.errno.SystemCallException;
import dev.udpfanout.bindings.rtnetlink.link.Links;
import dev.udpfanout.bindings.rtnetlink.monitor.RouteMonitor;
import dev.udpfanout.bindings.rtnetlink.route.Route;
import dev.udpfanout.bindings.rtnetlink.route.Routes;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kernel")
class RtnetlinkSocketKernelTest {
    private static final int ROUTE_COUNT = 2_000;

    private static TestNamespace namespace;

    @BeforeAll
    static void create() {
        namespace = TestNamespace.create();
    }

    @AfterAll
    static void remove() {
        namespace.close();
    }

    @Test
    void shouldTimeOutAndWorkAgainWhenTheKernelDoesNotAnswer() {
        try (RtnetlinkSocket socket = namespace.run(() -> RtnetlinkSocket.open(Duration.ofMillis(50)))) {
            // The kernel answers a NOOP only if it is asked for an acknowledgement.
            Request silent = new Request(RequestType.NLMSG_NOOP, () -> "nothing", message -> {});
            SystemCallException thrown =
                    assertThrows(SystemCallException.class, () -> socket.send(silent, 0, message -> Optional.empty()));
            assertEquals(Errno.ETIMEDOUT, thrown.errno());
            assertEquals("NLMSG_NOOP on nothing: ETIMEDOUT (no answer within 50 ms)", thrown.getMessage());
            assertTrue(new Links(socket).byName("lo").isPresent());
        }
    }

    @Test
    void shouldStayInItsNamespaceWhenAnotherThreadUsesIt() {
        try (RtnetlinkSocket socket = namespace.socket()) {
            new Links(socket).createBridge("here0");
            assertTrue(namespace.ip("link", "show").contains("here0"));
            try (RtnetlinkSocket outside = RtnetlinkSocket.open()) {
                assertFalse(new Links(outside).byName("here0").isPresent());
            }
            new Links(socket)
                    .delete(new Links(socket).byName("here0").orElseThrow().index());
        }
    }

    @Test
    void shouldReadAllWhenADumpNeedsManyParts() {
        try (RtnetlinkSocket socket = namespace.socket()) {
            Links links = new Links(socket);
            Routes routes = new Routes(socket);
            int link = links.createBridge("many0").index();
            links.setUp(link);
            IntStream.range(0, ROUTE_COUNT)
                    .mapToObj(i -> new byte[] {10, 1, (byte) (i >> 8), (byte) i})
                    .forEach(address -> routes.add(Route.onLink(address(address), 32, link)));
            assertEquals(
                    ROUTE_COUNT,
                    routes.table(Route.MAIN_TABLE).stream()
                            .filter(route -> route.prefixLength() == 32)
                            .count());
            links.delete(link);
        }
    }

    @Test
    void shouldServeAllWhenSeveralThreadsShareIt() {
        try (RtnetlinkSocket socket = namespace.socket()) {
            Links links = new Links(socket);
            List<Boolean> found = IntStream.range(0, 200)
                    .parallel()
                    .mapToObj(i -> i % 2 == 0
                            ? links.byName("lo").isPresent()
                            : !links.all().isEmpty())
                    .toList();
            assertFalse(found.contains(false));
        }
    }

    @Test
    void shouldLeakNoDescriptorWhenSocketsAndMonitorsAreClosed() {
        useAndClose();
        long before = OpenDescriptors.count();
        for (int i = 0; i < 50; i++) {
            useAndClose();
        }
        assertEquals(before, OpenDescriptors.count());
    }

    @Test
    void shouldLeakNoDescriptorWhenTheTimeoutIsRefused() {
        long before = OpenDescriptors.count();
        assertThrows(IllegalArgumentException.class, () -> RtnetlinkSocket.open(Duration.ZERO));
        assertEquals(before, OpenDescriptors.count());
    }

    private static void useAndClose() {
        namespace.run(() -> {
            try (RouteMonitor monitor = RouteMonitor.open();
                    RtnetlinkSocket socket = RtnetlinkSocket.open()) {
                new Links(socket).all();
                assertThrows(SystemCallException.class, () -> new Links(socket).setUp(999_999));
                return monitor.next(Duration.ZERO);
            }
        });
    }

    private static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
