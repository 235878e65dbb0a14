package dev.udpfanout.bindings.rtnetlink.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.generated.libc.Libc;
import dev.udpfanout.bindings.rtnetlink.OpenDescriptors;
import dev.udpfanout.bindings.rtnetlink.RtnetlinkSocket;
import dev.udpfanout.bindings.rtnetlink.TestNamespace;
import dev.udpfanout.bindings.rtnetlink.address.InterfaceAddress;
import dev.udpfanout.bindings.rtnetlink.address.Scope;
import dev.udpfanout.bindings.rtnetlink.link.Links;
import dev.udpfanout.bindings.rtnetlink.route.Route;
import dev.udpfanout.bindings.rtnetlink.route.Routes;
import dev.udpfanout.bindings.rtnetlink.tc.TcHook;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("kernel")
@Timeout(60)
class RouteMonitorKernelTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration FOREVER = Duration.ofHours(1);

    private TestNamespace namespace;
    private RtnetlinkSocket socket;
    private RouteMonitor monitor;
    private int link;

    @BeforeEach
    void create() {
        namespace = TestNamespace.create();
        socket = namespace.socket();
        link = new Links(socket).createBridge("br0").index();
        monitor = namespace.run(RouteMonitor::open);
    }

    @AfterEach
    void remove() {
        monitor.close();
        socket.close();
        namespace.close();
    }

    @Test
    void shouldReportLinksWhenTheyComeChangeAndGo() {
        namespace.ip("link", "add", "br1", "type", "bridge");
        Event.LinkChanged made = (Event.LinkChanged) await(event -> isLink(event, "br1"));
        assertEquals("bridge", made.link().kind());
        namespace.ip("link", "set", "br1", "up");
        await(event -> event instanceof Event.LinkChanged changed
                && isLink(event, "br1")
                && changed.link().up());
        namespace.ip("link", "del", "br1");
        await(new Event.LinkRemoved(made.link().index(), "br1")::equals);
    }

    @Test
    void shouldReportNoRemovalWhenAPortLeavesItsBridge() throws Exception {
        namespace.ip("link", "add", "v0", "type", "veth", "peer", "name", "v1");
        namespace.ip("link", "set", "v0", "master", "br0");
        namespace.ip("link", "set", "v0", "nomaster");
        namespace.ip("link", "set", "br0", "up");
        List<Event> before = awaitAll(event -> event instanceof Event.LinkChanged changed
                && isLink(event, "br0")
                && changed.link().up());
        assertTrue(before.stream().noneMatch(Event.LinkRemoved.class::isInstance), before.toString());
    }

    @Test
    void shouldReportAddressAndLocalRouteWhenAnAddressIsAssignedAndRemoved() throws Exception {
        InetAddress vip = InetAddress.getByName("10.255.0.1");
        InterfaceAddress assigned = new InterfaceAddress(link, vip, 32, Scope.UNIVERSE);
        namespace.ip("link", "set", "br0", "up");
        namespace.ip("address", "add", "10.255.0.1/32", "dev", "br0");
        await(new Event.AddressAdded(assigned)::equals);
        await(new Event.RouteAdded(Route.local(vip, link))::equals);
        namespace.ip("address", "del", "10.255.0.1/32", "dev", "br0");
        await(new Event.AddressRemoved(assigned)::equals);
        await(new Event.RouteRemoved(Route.local(vip, link))::equals);
    }

    @Test
    void shouldReportIpv6AddressAndRouteWhenAssigned() throws Exception {
        InetAddress vip = InetAddress.getByName("fd00::1");
        namespace.ip("link", "set", "br0", "arp", "off", "up");
        namespace.ip("address", "add", "fd00::1/128", "dev", "br0");
        List<Event> seen = awaitAll(new Event.RouteAdded(Route.local(vip, link))::equals);
        seen.addAll(awaitUnless(seen, new Event.AddressAdded(new InterfaceAddress(link, vip, 128, Scope.UNIVERSE))));
        assertFalse(seen.isEmpty());
    }

    @Test
    void shouldReportTheLocalRouteAgainWhenTheLinkFlaps() throws Exception {
        InetAddress vip = InetAddress.getByName("10.255.0.1");
        namespace.ip("link", "set", "br0", "up");
        namespace.ip("address", "add", "10.255.0.1/32", "dev", "br0");
        await(new Event.RouteAdded(Route.local(vip, link))::equals);
        new Routes(socket).remove(Route.local(vip, link));
        await(new Event.RouteRemoved(Route.local(vip, link))::equals);
        namespace.ip("link", "set", "br0", "down");
        namespace.ip("link", "set", "br0", "up");
        await(new Event.RouteAdded(Route.local(vip, link))::equals);
    }

    @Test
    void shouldReportQdiscAndFilterWhenTheyComeAndGo() {
        Predicate<Event> isOurFilter = event -> event instanceof Event.FilterAdded added
                && added.filter().linkIndex() == link
                && added.filter().hook() == TcHook.EGRESS
                && added.filter().priority() == 7;
        namespace.tc("qdisc", "add", "dev", "br0", "clsact");
        await(event -> event instanceof Event.QdiscAdded added && added.qdisc().isClsact());
        namespace.tc("filter", "add", "dev", "br0", "egress", "prio", "7", "bpf", "bytecode", "1,6 0 0 0,");
        await(isOurFilter);
        namespace.tc("filter", "del", "dev", "br0", "egress", "prio", "7", "handle", "1", "bpf");
        await(event ->
                event instanceof Event.FilterRemoved removed && removed.filter().priority() == 7);
        namespace.tc("qdisc", "del", "dev", "br0", "clsact");
        await(event -> event instanceof Event.QdiscRemoved removed
                && removed.qdisc().linkIndex() == link
                && removed.qdisc().isClsact());
    }

    @Test
    void shouldReportOneLossAndThenNewEventsWhenTheReaderIsTooSlow() {
        try (RouteMonitor slow = namespace.run(() -> RouteMonitor.open(4096))) {
            Links links = new Links(socket);
            for (int i = 0; i < 200; i++) {
                links.setNoArp(link, i % 2 == 0);
            }
            assertInstanceOf(Event.Overrun.class, slow.next(PATIENCE).orElseThrow());
            assertEquals(Optional.empty(), slow.next(Duration.ZERO));
            links.setNoArp(link, true);
            assertTrue(isLink(slow.next(PATIENCE).orElseThrow(), "br0"));
        }
    }

    @Test
    void shouldFindNothingWhenTheTimeIsUp() {
        while (monitor.next(Duration.ZERO).isPresent()) {
            assertTrue(true, "left by the set-up");
        }
        assertEquals(Optional.empty(), monitor.next(Duration.ofMillis(5)));
    }

    @Test
    void shouldEndTheWaitAndFreeTheDescriptorsWhenClosedByAnotherThread() throws Exception {
        long before = OpenDescriptors.count();
        RouteMonitor other = namespace.run(RouteMonitor::open);
        CompletableFuture<Integer> threadNumber = new CompletableFuture<>();
        CompletableFuture<Optional<Event>> result = new CompletableFuture<>();
        Thread reader = new Thread(() -> {
            threadNumber.complete(Libc.gettid());
            result.complete(other.next(FOREVER));
        });
        reader.start();
        awaitPolling(threadNumber.get(10, TimeUnit.SECONDS));
        other.close();
        assertEquals(Optional.empty(), result.get(10, TimeUnit.SECONDS));
        assertEquals(before, OpenDescriptors.count());
    }

    @Test
    void shouldSaySoWhenUsedAfterClose() {
        monitor.close();
        monitor.close();
        assertThrows(IllegalStateException.class, () -> monitor.next(Duration.ZERO));
    }

    private static boolean isLink(Event event, String name) {
        return event instanceof Event.LinkChanged changed
                && changed.link().name().equals(name);
    }

    private Event await(Predicate<Event> wanted) {
        return awaitAll(wanted).getLast();
    }

    /** The events up to and with the wanted one. */
    private List<Event> awaitAll(Predicate<Event> wanted) {
        List<Event> seen = new ArrayList<>();
        do {
            seen.add(monitor.next(PATIENCE).orElseThrow(() -> new AssertionError("not among " + seen)));
        } while (!wanted.test(seen.getLast()));
        return seen;
    }

    private List<Event> awaitUnless(List<Event> seen, Event wanted) {
        return seen.contains(wanted) ? List.of() : awaitAll(wanted::equals);
    }

    /** Waits until a thread of this process is in poll(2): number 7 of the system calls, or ppoll, 271. */
    private static void awaitPolling(int threadNumber) throws Exception {
        Path call = Path.of("/proc/self/task", Integer.toString(threadNumber), "syscall");
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        while (!Files.readString(call).matches("(?s)(7|271) .*")) {
            assertTrue(System.nanoTime() < deadlineNanos, "never waited");
            Thread.onSpinWait();
        }
    }
}
