package dev.udpfanout.bindings.rtnetlink.neighbour;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bindings.rtnetlink.RtnetlinkSocket;
import dev.udpfanout.bindings.rtnetlink.TestNamespace;
import dev.udpfanout.bindings.rtnetlink.link.Links;
import dev.udpfanout.bindings.rtnetlink.monitor.Event;
import dev.udpfanout.bindings.rtnetlink.monitor.RouteMonitor;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("kernel")
@Timeout(60)
class NeighboursKernelTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private TestNamespace namespace;
    private RtnetlinkSocket socket;
    private Neighbours neighbours;
    private int bridge;
    private int port;

    @BeforeEach
    void create() {
        namespace = TestNamespace.create();
        socket = namespace.socket();
        neighbours = new Neighbours(socket);
        Links links = new Links(socket);
        bridge = links.createBridge("br0").index();
        namespace.ip("link", "add", "v0", "type", "veth", "peer", "name", "v1");
        namespace.ip("link", "set", "v0", "master", "br0", "up");
        namespace.ip("link", "set", "v1", "up");
        namespace.ip("link", "set", "br0", "up");
        port = links.byName("v0").orElseThrow().index();
    }

    @AfterEach
    void remove() {
        socket.close();
        namespace.close();
    }

    @Test
    void shouldReadNeighboursOfBothFamilies() {
        namespace.ip("neigh", "add", "10.42.0.11", "lladdr", "02:00:00:00:00:0b", "dev", "br0");
        namespace.ip("neigh", "add", "2001:db8::b", "lladdr", "02:00:00:00:00:0c", "dev", "br0");
        List<Neighbour> all = neighbours.all();
        assertTrue(
                all.contains(new Neighbour(bridge, InetAddress.ofLiteral("10.42.0.11"), "02:00:00:00:00:0b")),
                all.toString());
        assertTrue(
                all.contains(new Neighbour(bridge, InetAddress.ofLiteral("2001:db8::b"), "02:00:00:00:00:0c")),
                all.toString());
    }

    @Test
    void shouldReadWhatABridgeWasTold() {
        namespace.bridge("fdb", "add", "02:00:00:00:00:0b", "dev", "v0", "master", "static");
        List<ForwardingEntry> entries = neighbours.forwardingEntries();
        assertTrue(entries.contains(new ForwardingEntry(bridge, port, "02:00:00:00:00:0b")), entries.toString());
    }

    @Test
    void shouldReportThatNeighboursAndForwardingEntriesChange() {
        try (RouteMonitor monitor = namespace.run(RouteMonitor::openWithNeighbours)) {
            namespace.ip("neigh", "add", "10.42.0.11", "lladdr", "02:00:00:00:00:0b", "dev", "br0");
            assertTrue(neighboursChange(monitor));
            namespace.bridge("fdb", "add", "02:00:00:00:00:0d", "dev", "v0", "master", "static");
            assertTrue(neighboursChange(monitor));
        }
    }

    /** The kernel notices a carrier a little later, and makes routes then: these are passed over. */
    private static boolean neighboursChange(RouteMonitor monitor) {
        Optional<Event> event;
        do {
            event = monitor.next(PATIENCE);
        } while (event.isPresent() && !event.get().equals(new Event.NeighboursChanged()));
        return event.isPresent();
    }
}
