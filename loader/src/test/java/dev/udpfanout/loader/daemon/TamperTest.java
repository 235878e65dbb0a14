package dev.udpfanout.loader.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.bindings.libbpf.BpfMap;
import dev.udpfanout.bindings.libbpf.HookPoint;
import dev.udpfanout.bindings.libbpf.TcxLink;
import dev.udpfanout.bindings.map.ArrayOfMaps;
import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Bpffs;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.traffic.DatagramSender;
import dev.udpfanout.lab.traffic.PodReceivers;
import dev.udpfanout.lab.traffic.SendPlan;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import dev.udpfanout.loader.datapath.network.Repair;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Somebody with enough rights writes to the maps, or removes pins: {@code bpftool map delete}, {@code rm -r}. */
@Tag("kernel")
class TamperTest {
    /** The kernel tells nobody of it: it is seen at the regular comparison, every 5 s, at the latest. */
    private static final Duration LIMIT = Duration.ofSeconds(15);

    /** Links and the maps that decide where datagrams go are looked at twice a second. */
    private static final Duration LOOK_LIMIT = Duration.ofSeconds(3);

    private static final int POD_PORT = 40514;
    private static final InetSocketAddress NODE = new InetSocketAddress("192.168.1.1", 5514);

    private final Path pins = Path.of(
            "/sys/fs/bpf", "udp-fanout-tamper-" + ProcessHandle.current().pid() + "-" + System.nanoTime());
    private Topology topology;

    @BeforeEach
    void setUp() throws IOException {
        Bpffs.ensure();
        topology = Topology.builder().pods(2).build();
    }

    @AfterEach
    void tearDown() {
        topology.close();
        Pins.removeAll(pins);
    }

    private DaemonRun start(String more) throws InterruptedException {
        return DaemonRun.start(topology.node(), """
                listeners:
                  - { interface: eth0, bind: "0.0.0.0:5514", local_delivery: neigh%s,
                      downstream: [ { address: "10.42.0.11:40514" }, { address: "10.42.0.12:40514" } ] }
                """.formatted(more), Optional.of(pins));
    }

    private void assertDelivered() {
        try (DatagramSender sender = DatagramSender.open(topology.client(), TopologyPlan.CLIENT_ADDRESS);
                PodReceivers pods = PodReceivers.start(topology.pods(), POD_PORT, sender.runId())) {
            sender.send(SendPlan.to(NODE).datagrams(20));
            assertTrue(pods.awaitReceived(20, LIMIT), () -> pods.received() + " of 20 arrived");
        }
    }

    /** That repair, and no other. */
    private static void awaitOnly(DaemonRun daemon, Repair repair) {
        assertTrue(BoundedWait.until(() -> daemon.repairs(repair) >= 1, LIMIT), () -> daemon.repairs()
                .toString());
        assertEquals(Set.of(repair.label()), daemon.repairs().keySet());
    }

    private BpfMap open(String map) {
        return BpfMap.openPinned(Pins.map(pins, map)).orElseThrow();
    }

    private void empty(String name) {
        try (BpfMap map = open(name);
                Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(map.shape().keyBytes(), Long.BYTES);
            while (map.nextKey(MemorySegment.NULL, key)) {
                map.remove(key, name);
            }
        }
    }

    private void zero(String name) {
        try (BpfMap map = open(name);
                Arena arena = Arena.ofConfined()) {
            for (int i = 0; i < map.shape().maxEntries(); i++) {
                map.put(
                        arena.allocateFrom(ValueLayout.JAVA_INT, i),
                        arena.allocate(map.shape().valueBytes(), Long.BYTES),
                        i);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"LISTENERS", "LISTENER_SETS", "LOCAL_ADDRESSES", "ALLOWED_SOURCES"})
    void shouldFillAMapAgainThatWasEmptied(String map) throws Exception {
        try (DaemonRun daemon = start(", allow: [ \"192.168.1.0/24\" ]")) {
            assertDelivered();
            empty(map);
            awaitOnly(daemon, Repair.MAP_REFILLED);
            assertDelivered();
        }
    }

    /** The second time right after a comparison: the next one is due in 5 s. */
    private void assertSeenByALook(DaemonRun daemon, Repair repair, Runnable tampering) {
        tampering.run();
        assertTrue(BoundedWait.until(() -> daemon.repairs(repair) == 1, LIMIT), daemon.repairs()::toString);
        tampering.run();
        assertTrue(BoundedWait.until(() -> daemon.repairs(repair) == 2, LOOK_LIMIT), daemon.repairs()::toString);
        assertDelivered();
    }

    @ParameterizedTest
    @ValueSource(strings = {"LISTENERS", "LISTENER_SETS", "LOCAL_ADDRESSES"})
    void shouldSeeAnEmptiedMapBeforeTheNextComparison(String map) throws Exception {
        try (DaemonRun daemon = start("")) {
            assertSeenByALook(daemon, Repair.MAP_REFILLED, () -> empty(map));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"round_robin", "hash"})
    void shouldSeeAMissingEndpointTableBeforeTheNextComparison(String policy) throws Exception {
        try (DaemonRun daemon = start(", policy: " + policy)) {
            assertSeenByALook(daemon, Repair.ENDPOINTS_PUT_BACK, this::takeEndpointTablesOut);
        }
    }

    @Test
    void shouldSeeADetachedLinkBeforeTheNextComparison() throws Exception {
        try (DaemonRun daemon = start("")) {
            Path link = pins.resolve("links").resolve("eth0-ingress");
            assumeTrue(Files.exists(link), "TCX came with Linux 6.6");
            assertSeenByALook(
                    daemon, Repair.PROGRAM_REATTACHED, () -> TcxLink.openPinned(link, "eth0", HookPoint.INGRESS)
                            .orElseThrow()
                            .close());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"LIMITS", "LISTENER_NAMES"})
    void shouldSetTheElementsOfAnArrayAgainThatWereCleared(String map) throws Exception {
        try (DaemonRun daemon = start(", rate_limit: { packets_per_second: 100000 }")) {
            assertDelivered();
            zero(map);
            awaitOnly(daemon, Repair.MAP_REFILLED);
            assertDelivered();
        }
    }

    @Test
    void shouldSetTheFilterOfAddressesAgainThatWasCleared() throws Exception {
        try (DaemonRun daemon = start("")) {
            zero("LOCAL_FILTER");
            assertTrue(BoundedWait.until(this::isOneDelivered, LIMIT));
        }
    }

    @Test
    void shouldServeWhileThePortsOfListenersAreCleared() throws Exception {
        try (DaemonRun daemon = start("")) {
            zero("LISTENER_PORTS");
            assertDelivered();
        }
    }

    private boolean isOneDelivered() {
        try (DatagramSender sender = DatagramSender.open(topology.client(), TopologyPlan.CLIENT_ADDRESS);
                PodReceivers pods = PodReceivers.start(topology.pods(), POD_PORT, sender.runId())) {
            sender.send(SendPlan.to(NODE).datagrams(1));
            return pods.awaitReceived(1, Duration.ofMillis(200));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"round_robin", "hash"})
    void shouldPutTheEndpointTableBackThatWasTakenOut(String policy) throws Exception {
        try (DaemonRun daemon = start(", policy: " + policy)) {
            assertDelivered();
            takeEndpointTablesOut();
            awaitOnly(daemon, Repair.ENDPOINTS_PUT_BACK);
            assertDelivered();
        }
    }

    private void takeEndpointTablesOut() {
        for (String name : List.of("ENDPOINTS", "HASH_TABLES")) {
            try (BpfMap tables = open(name)) {
                new ArrayOfMaps(tables).remove(0);
            }
        }
    }

    @Test
    void shouldPutTheEndpointTableBackThatWasOverwritten() throws Exception {
        try (DaemonRun daemon = start("")) {
            assertDelivered();
            zero("ENDPOINTS_0");
            awaitOnly(daemon, Repair.ENDPOINTS_PUT_BACK);
            assertDelivered();
        }
    }

    @Test
    void shouldPinAgainWhatHasLostItsPin() throws Exception {
        try (DaemonRun daemon = start("")) {
            List<String> before = pinned();
            Pins.removeAll(pins);
            awaitOnly(daemon, Repair.PIN_RESTORED);
            assertTrue(BoundedWait.until(() -> before.equals(pinned()), LIMIT), () -> pinned() + ", before " + before);
            assertTrue(before.containsAll(
                    SharedMaps.ALL.stream().map(map -> map.name()).toList()));
            assertDelivered();
        }
    }

    private List<String> pinned() {
        try (Stream<Path> all = Files.walk(pins)) {
            return all.filter(Files::isRegularFile)
                    .map(path -> path.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (IOException | java.io.UncheckedIOException e) {
            return List.of();
        }
    }
}
