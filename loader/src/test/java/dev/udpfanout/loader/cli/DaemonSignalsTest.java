package dev.udpfanout.loader.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.udpfanout.lab.process.LabProcess;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The log of the shipped daemon, and what signals do beside ending it. */
@Tag("kernel")
@Timeout(120)
class DaemonSignalsTest extends LifeCycleLab {
    @Test
    void shouldReloadOnHangupAndTellMoreOnUserSignalOne() throws Exception {
        write("clsact", "", "");
        try (LabProcess daemon = topology.node()
                .start(
                        // A JVM leaves a signal alone that it was started to ignore, as nohup(1) has it.
                        "env",
                        "--default-signal=HUP",
                        Distribution.command(),
                        "--config",
                        config.toString(),
                        "--pin-dir",
                        topology.pinDirectory().toString())) {
            daemon.awaitLine("ready listeners=", LIMIT);
            daemon.signal("HUP");
            daemon.awaitLine("INFO applied the changed configuration listeners=1", LIMIT);
            assertTrue(daemon.isAlive());

            Files.delete(config);
            daemon.signal("HUP");
            daemon.awaitLine("ERROR failed to reload; all stays as it is reason=", LIMIT);

            daemon.signal("USR1");
            daemon.awaitLine("WARN changed the log level, as SIGUSR1 asks for level=\"DEBUG\"", LIMIT);
            daemon.signal("USR1");
            daemon.awaitLine("level=\"TRACE\"", LIMIT);
            daemon.signal("USR1");
            daemon.awaitLine("level=\"INFO\"", LIMIT);

            daemon.signal("TERM");
            daemon.awaitExit(LIMIT);
            List<String> lines = daemon.lines();
            assertTrue(lines.getFirst().startsWith("INFO udp-fanout starts version="), lines::toString);
            assertTrue(
                    lines.get(1)
                            .startsWith("INFO wants listener listener_id=0 name=\"syslog\" bind=\"10.255.0.1:5514\""),
                    lines::toString);
            assertTrue(
                    lines.get(1).endsWith("served=\"tc_ebpf\" why=\"mode auto, and the kernel takes it\""),
                    lines::toString);
            assertTrue(lines.getLast().startsWith("INFO stopped"), lines::toString);
            assertFalse(lines.stream().anyMatch(line -> line.contains("libbpf:")), lines::toString);
        }
    }

    @Test
    void shouldAttachBesideAQdiscWithoutAWarning() throws Exception {
        write("clsact", "on_exit: keep", "");
        for (int start = 0; start < 2; start++) {
            try (LabProcess daemon = start()) {
                daemon.signal("TERM");
                daemon.awaitExit(LIMIT);
                assertFalse(
                        daemon.lines().stream()
                                .anyMatch(
                                        line -> line.startsWith("WARN Kernel error") || line.startsWith("WARN libbpf")),
                        daemon.lines()::toString);
            }
        }
    }

    @Test
    void shouldWriteJsonAlone() throws Exception {
        write("clsact", "", "");
        try (LabProcess daemon = topology.node()
                .start(
                        Distribution.command(),
                        "--config",
                        config.toString(),
                        "--log-format=json",
                        "--pin-dir",
                        topology.pinDirectory().toString())) {
            daemon.awaitLine("\"message\":\"ready\"", LIMIT);
            daemon.signal("TERM");
            daemon.awaitExit(LIMIT);
            for (String line : daemon.lines()) {
                assertTrue(new ObjectMapper().readTree(line).has("time"), line);
            }
            assertEquals(
                    "udp-fanout starts",
                    new ObjectMapper()
                            .readTree(daemon.lines().getFirst())
                            .path("message")
                            .asText());
        }
    }

    @Test
    void shouldSayReadyWhenReadyzDoes() throws Exception {
        write(
                "clsact",
                "health: { protocol: icmp, interval_ms: 500, timeout_ms: 200, on_all_unhealthy: drop }",
                "  - { name: one, bind: \"10.255.0.1:5515\", interface: dummy0, attach: clsact,"
                        + " downstream: [ { address: \"10.42.0.11:1\" } ] }");
        try (LabProcess daemon = start()) {
            topology.node().exec("ip", "route", "add", "unreachable", "10.42.0.11/32");
            daemon.awaitLine("WARN not ready reason=\"listener one is without a usable endpoint\"", LIMIT);
            assertTrue(page("/readyz").contains("listener one"));
            int lines = daemon.lines().size();

            topology.node().exec("ip", "route", "del", "unreachable", "10.42.0.11/32");
            daemon.awaitLine("INFO ready listeners=2", lines, LIMIT);
            assertEquals("ready\n", page("/readyz"));
        }
    }
}
