package dev.udpfanout.loader.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.TopologyPlan;
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.lab.traffic.EchoClient;
import dev.udpfanout.lab.traffic.EchoResponder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With what the DaemonSet may, and no more: bpf(2) opens nothing by its number without CAP_SYS_ADMIN. */
@Tag("kernel")
class ShippedCapabilitiesTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int POD_PORT = 40514;
    private static final int FLOWS = 10;
    private static final int QUESTIONS = 2;

    @TempDir
    private Path directory;

    private Topology topology;

    @BeforeEach
    void setUp() {
        topology = Topology.builder().pods(1).build();
    }

    @AfterEach
    void tearDown() {
        topology.close();
    }

    private Path config(String interfaceName, int... ports) throws IOException {
        StringBuilder yaml = new StringBuilder("""
                on_exit: keep
                metrics: { enabled: false }
                health: { enabled: false }
                listeners:
                """);
        for (int port : ports) {
            yaml.append("""
                  - { name: port-%d, bind: "0.0.0.0:%d", interface: %s, mode: tc_ebpf, replies: true,
                      downstream: [ { address: "10.42.0.11:%d" } ] }
                """.formatted(port, port, interfaceName, POD_PORT));
        }
        return Files.writeString(directory.resolve("config.yaml"), yaml);
    }

    private LabProcess start(Path config) {
        LabProcess daemon = topology.node()
                .start(
                        "setpriv",
                        "--no-new-privs",
                        "--inh-caps=-all",
                        "--bounding-set=-all,+net_admin,+bpf,+perfmon",
                        Distribution.command(),
                        "--config",
                        config.toString(),
                        "--pin-dir",
                        topology.pinDirectory().toString());
        daemon.awaitLine("ready listeners=", LIMIT);
        return daemon;
    }

    private void stop(LabProcess daemon) {
        daemon.signal("TERM");
        daemon.awaitExit(LIMIT);
        assertEquals("INFO stopped", daemon.lines().getLast());
        assertFalse(
                daemon.lines().stream().anyMatch(line -> line.contains("EPERM") || line.startsWith("ERROR")),
                daemon.lines()::toString);
    }

    private long answered(int port) {
        return EchoClient.ask(
                topology.client(),
                TopologyPlan.CLIENT_ADDRESS,
                new InetSocketAddress(TopologyPlan.NODE_ADDRESS, port),
                FLOWS,
                QUESTIONS,
                Duration.ofSeconds(2));
    }

    /** Without those for ICMP errors, which follow the ways to endpoints, a moment after the daemon is ready. */
    private Set<String> pinnedLinks() throws IOException {
        try (Stream<Path> links = Files.list(topology.pinDirectory().resolve("links"))) {
            return links.map(link -> link.getFileName().toString())
                    .filter(name -> !name.endsWith("-icmp"))
                    .collect(Collectors.toSet());
        }
    }

    @Test
    void shouldTakeRepliesOverAReloadAndFromOneDaemonToTheNext() throws IOException {
        try (EchoResponder responder = EchoResponder.start(topology.pod(1), POD_PORT)) {
            LabProcess first = start(config("eth0", 5514));
            assertEquals(FLOWS * QUESTIONS, answered(5514));
            config("eth0", 5514, 5515);
            first.awaitLine("applied the changed configuration", LIMIT);
            first.awaitLine("listener_id=1 endpoints=1", LIMIT);
            assertEquals(FLOWS * QUESTIONS, answered(5515));
            stop(first);
            assertEquals(FLOWS * QUESTIONS, answered(5514), "with nobody running");

            LabProcess second = start(config("eth0", 5514, 5515));
            assertTrue(second.lines().stream().anyMatch(line -> line.contains("adopted=true")), () -> "" + second);
            assertFalse(
                    second.lines().stream().anyMatch(line -> line.contains("made the table of flows")),
                    "the flows go on");
            for (int port : List.of(5514, 5515)) {
                assertEquals(FLOWS * QUESTIONS, answered(port));
            }
            assertEquals(5L * FLOWS * QUESTIONS, responder.answered());
            stop(second);
        }
    }

    @Test
    void shouldTakeOffWhatAnEarlierDaemonLeftElsewhere() throws IOException {
        stop(start(config("eth0", 5514)));
        assertEquals(Set.of("eth0-ingress", "cni0-replies", "veth1-replies"), pinnedLinks());
        LabProcess second = start(config("cni0", 5514));
        assertEquals(Set.of("cni0-ingress", "cni0-replies", "veth1-replies"), pinnedLinks());
        try (EchoResponder responder = EchoResponder.start(topology.pod(1), POD_PORT)) {
            assertEquals(0, answered(5514), "no program is on eth0");
            assertEquals(0, responder.answered());
        }
        stop(second);
    }
}
