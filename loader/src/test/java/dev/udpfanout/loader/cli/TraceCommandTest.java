package dev.udpfanout.loader.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.udpfanout.lab.BoundedWait;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.lab.traffic.PodReceivers;
import dev.udpfanout.loader.datapath.mode.NodeModes;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The shipped command: what it prints and returns, and that nothing stays of it. */
@Tag("kernel")
class TraceCommandTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String TO = "192.168.1.1:5514";
    private static final int COLUMNS = 80;

    private Topology topology;

    @BeforeEach
    void setUp() {
        topology = Topology.builder().pods(1).build();
    }

    @AfterEach
    void tearDown() {
        topology.close();
    }

    private LabProcess trace(String... arguments) {
        return topology.node()
                .start(Stream.concat(Stream.of(Distribution.command(), "trace"), Stream.of(arguments))
                        .toArray(String[]::new));
    }

    private void serve() {
        NodeModes.open(topology.node(), NodeModes.onNic().listener(topology.podEndpoints(NodeModes.POD_PORT)));
    }

    @Test
    void shouldPrintTheHopsAndReturn0WhenAllArrive() {
        serve();
        try (PodReceivers pods = PodReceivers.start(topology.pods(), NodeModes.POD_PORT, 1)) {
            LabProcess command = trace("--to", TO, "--count", "20");

            assertEquals(0, command.awaitExit(LIMIT), String.join("\n", command.lines()));
            List<String> lines = command.lines();
            assertEquals("20 of 20 delivered", lines.getLast());
            assertTrue(lines.stream().anyMatch(line -> line.contains("(20 went this way)")), lines.toString());
            lines.forEach(line -> assertTrue(line.length() <= COLUMNS, line));
        }
    }

    @Test
    void shouldWorkWithTheCapabilitiesOfTheDaemonsContainer() {
        serve();
        try (PodReceivers pods = PodReceivers.start(topology.pods(), NodeModes.POD_PORT, 1)) {
            LabProcess command = topology.node()
                    .start(
                            "setpriv",
                            "--no-new-privs",
                            "--inh-caps=-all",
                            "--bounding-set=-all,+net_admin,+bpf,+perfmon",
                            Distribution.command(),
                            "trace",
                            "--to",
                            TO);

            assertEquals(0, command.awaitExit(LIMIT), String.join("\n", command.lines()));
        }
    }

    @Test
    void shouldReturn2AndSayWhatItNeedsWhenPerfmonIsMissing() {
        LabProcess command = topology.node()
                .start(
                        "setpriv",
                        "--no-new-privs",
                        "--inh-caps=-all",
                        "--bounding-set=-all,+net_admin,+bpf",
                        Distribution.command(),
                        "trace",
                        "--to",
                        TO);

        assertEquals(2, command.awaitExit(LIMIT), String.join("\n", command.lines()));
        assertTrue(
                String.join("\n", command.lines()).contains("CAP_PERFMON"),
                command.lines().toString());
    }

    @Test
    void shouldPrintJsonAndReturn1WhenOneIsLost() throws Exception {
        serve();
        LabProcess command = trace("--to", TO, "--count", "1", "--json");

        assertEquals(1, command.awaitExit(LIMIT), String.join("\n", command.lines()));
        JsonNode report = new ObjectMapper().readTree(String.join("\n", command.lines()));
        assertEquals("lost", report.path("datagrams").get(0).path("outcome").asText());
        assertTrue(report.path("datagrams").get(0).path("cause").asText().contains("No socket"), report.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "--to 192.168.1.1, '--to: \"192.168.1.1\" is not ADDRESS:PORT'",
        "--to 192.168.1.1:5514 --count 1001, --count: 1001 is not in 1..1000",
        "--to 192.168.1.1:5514 --size 15, --size: 15 is not in 16..1472",
        "--to 192.168.1.1:5514 --from 2001:db8::1, --from and --to are of different families",
        "--to 192.168.1.1:5514 --interface eth7, there is no interface eth7",
        "--to 192.168.1.1:5514 --live 5, is not 1/N"
    })
    void shouldReturn2AndSayWhyWhenAnArgumentIsWrong(String arguments, String expected) {
        LabProcess command = trace(arguments.split(" "));

        assertEquals(2, command.awaitExit(LIMIT));
        assertTrue(
                String.join(" ", command.lines()).contains(expected),
                command.lines().toString());
    }

    /** Programs, links and filters, as they are told by bpftool and iproute2. */
    private String kernelState() {
        String probes = topology.node().exec("sh", "-c", "bpftool prog show | grep -c 'name uf_trace' || true");
        String links = topology.node().exec("ip", "-o", "link").replaceAll("\\d+ (bytes|packets)", "");
        String filters = topology.node().exec("tc", "qdisc");
        return "probes " + probes + links + filters;
    }

    @Test
    void shouldLeaveNothingWhenItIsKilled() {
        String before = kernelState();
        LabProcess command = trace("--to", TO, "--live", "1/1", "--wait", "60");
        assertTrue(
                BoundedWait.until(() -> !kernelState().equals(before), LIMIT),
                () -> "no probes: " + String.join("\n", command.lines()));

        command.signal("KILL");
        command.awaitExit(LIMIT);

        assertTrue(BoundedWait.until(() -> kernelState().equals(before), LIMIT), () -> before + kernelState());
    }
}
