package dev.udpfanout.loader.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.udpfanout.lab.Topology;
import dev.udpfanout.lab.process.LabProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real node's settings; GuideTest has the node with which all is well, and an API server. */
@Tag("kernel")
class DoctorCommandTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @TempDir
    private Path directory;

    private Topology topology;
    private Path config;

    @BeforeEach
    void setUp() throws IOException {
        topology = Topology.builder().pods(1).build();
        config = Files.writeString(directory.resolve("config.yaml"), """
                metrics: { bind: "127.0.0.1:9090" }
                listeners:
                  - name: syslog
                    bind: "vip:5514"
                    interface: eth0
                    downstream: [ { address: "10.42.0.11:5514" } ]
                    publish: { namespace: logging, service: syslog }
                """);
    }

    @AfterEach
    void tearDown() {
        topology.close();
    }

    private LabProcess doctor(String... more) {
        // Nobody listens there, so that the answer comes at once.
        Path kubeconfig = directory.resolve("kubeconfig");
        try {
            Files.writeString(kubeconfig, """
                    apiVersion: v1
                    kind: Config
                    clusters: [ { name: none, cluster: { server: "http://127.0.0.1:1" } } ]
                    contexts: [ { name: none, context: { cluster: none } } ]
                    current-context: none
                    """);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String[] command = new String[4 + more.length];
        command[0] = Distribution.command();
        command[1] = "doctor";
        command[2] = "--config";
        command[3] = config.toString();
        System.arraycopy(more, 0, command, 4, more.length);
        return topology.node().start(Map.of("KUBECONFIG", kubeconfig.toString()), line -> {}, command);
    }

    @Test
    void shouldEndWithTwoAndNameTheCauseWhenNoDaemonRuns() {
        topology.node().exec("sh", "-c", "echo 0 >/proc/sys/net/ipv4/conf/eth0/forwarding");
        LabProcess doctor = doctor();

        assertEquals(2, doctor.awaitExit(LIMIT), () -> String.join("\n", doctor.lines()));
        String said = String.join("\n", doctor.lines());
        assertTrue(said.contains("PROBLEM     daemon                no udp-fanout runs on this node"), said);
        assertTrue(said.contains("warning     api_server            the API server at http://127.0.0.1:1"), said);
        assertTrue(said.contains("connection refused"), said);
        assertTrue(said.contains("PROBLEM     endpoint_socket       nobody listens on 10.42.0.11:5514"), said);
        assertEquals(2, said.lines().filter(line -> line.startsWith("PROBLEM")).count(), said);
        assertEquals(1, said.lines().filter(line -> line.startsWith("warning")).count(), said);
    }

    @Test
    void shouldMendWhatItCanAndSayItFirstWhenAskedTo() {
        topology.node().exec("sh", "-c", "echo 0 >/proc/sys/net/ipv4/conf/eth0/forwarding");
        LabProcess daemon = topology.node()
                .start(
                        Map.of("KUBECONFIG", directory.resolve("kubeconfig").toString()),
                        line -> {},
                        Distribution.command(),
                        "--config",
                        config.toString(),
                        "--pin-dir",
                        topology.pinDirectory().toString());
        daemon.awaitLine("ready listeners=", LIMIT);
        topology.node().exec("sh", "-c", "echo 0 >/proc/sys/net/ipv4/conf/eth0/forwarding");
        LabProcess doctor = doctor("--fix", "--yes", "--listener", "syslog");

        doctor.awaitExit(LIMIT);
        String said = String.join("\n", doctor.lines());
        assertTrue(said.contains("--fix will:\n  set net.ipv4.conf.eth0.forwarding to 1"), said);
        assertTrue(said.contains("ok          interface_forwarding"), said);
        assertEquals(
                "1",
                topology.node()
                        .exec("cat", "/proc/sys/net/ipv4/conf/eth0/forwarding")
                        .strip());
    }

    @Test
    void shouldSayTheSameForProgramsWhenAskedForJson() throws IOException {
        LabProcess doctor = doctor("--json");

        assertEquals(2, doctor.awaitExit(LIMIT), () -> String.join("\n", doctor.lines()));
        Map<String, String> results = new TreeMap<>();
        for (JsonNode each : new ObjectMapper().readTree(String.join("\n", doctor.lines()))) {
            assertEquals(
                    Set.of("listener", "check", "result", "finding", "meaning", "mend", "fix"),
                    Set.copyOf(fields(each)));
            results.put(each.get("check").asText(), each.get("result").asText());
        }
        assertEquals("problem", results.get("daemon"), results::toString);
        assertEquals("warning", results.get("api_server"), results::toString);
        assertEquals("ok", results.get("interface_forwarding"), results::toString);
    }

    private static Set<String> fields(JsonNode node) {
        Set<String> names = new HashSet<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    @Test
    void shouldEndWithTwoWhenTheConfigurationIsWrong() throws IOException {
        Files.writeString(config, "listeners: []\n");

        assertEquals(2, doctor().awaitExit(LIMIT));
    }
}
