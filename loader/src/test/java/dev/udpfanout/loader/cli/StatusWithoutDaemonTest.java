package dev.udpfanout.loader.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.udpfanout.lab.process.LabProcess;
import dev.udpfanout.loader.SequenceTraffic;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A daemon is killed, its program goes on, and status reads what it does from the pins. */
@Tag("kernel")
@Timeout(120)
class StatusWithoutDaemonTest extends LifeCycleLab {
    private LabProcess status(String... more) {
        List<String> command = new ArrayList<>(List.of(
                Distribution.command(),
                "status",
                "--pin-dir",
                topology.pinDirectory().toString()));
        command.addAll(List.of(more));
        return topology.node().start(command.toArray(new String[0]));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcx", "clsact"})
    void shouldShowWhatThePinsShowWhenTheDaemonIsDead(String attach) throws Exception {
        write(attach, "on_exit: keep", "");
        try (LabProcess daemon = start()) {
            try (LabProcess alive = status("--metrics", "127.0.0.1:9")) {
                assertEquals(ExitCode.FAILED, alive.awaitExit(LIMIT));
                String said = String.join("\n", alive.lines());
                assertTrue(said.contains("the daemon runs"), said);
                assertTrue(said.contains("gives no status at 127.0.0.1:9"), said);
            }
            daemon.signal("KILL");
            daemon.awaitExit(LIMIT);
        }
        SequenceTraffic traffic = traffic();
        awaitSent(traffic, 3_000);
        assertNothingLost(traffic);

        JsonNode page;
        try (LabProcess json = status("--json")) {
            assertEquals(ExitCode.FAILED, json.awaitExit(LIMIT));
            page = new ObjectMapper().readTree(String.join("", json.lines()));
        }
        JsonNode listener = page.path("listeners").path(0);
        assertEquals("does not run", page.path("daemon").asText());
        assertEquals("10.255.0.1:5514", listener.path("bind").asText());
        assertEquals(attach + " ingress", listener.path("attachment").asText());
        assertEquals(received(), listener.path("packets_received").asLong());
        assertEquals(PODS, listener.path("endpoints").size());
        assertEquals(
                received(),
                listener.path("endpoints")
                        .valueStream()
                        .filter(endpoint -> endpoint.path("active").asBoolean())
                        .mapToLong(endpoint -> endpoint.path("packets").asLong())
                        .sum());

        try (LabProcess text = status()) {
            text.awaitExit(LIMIT);
            String said = String.join("\n", text.lines());
            assertTrue(said.startsWith("udp-fanout: the daemon does not run\n"), said);
            assertTrue(said.contains("its program in the kernel goes on"), said);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = "clsact")
    void shouldSayThatNothingIsAttachedWhenSomebodyTookTheProgramOff(String attach) throws Exception {
        write(attach, "on_exit: keep", "");
        try (LabProcess daemon = start()) {
            daemon.signal("KILL");
            daemon.awaitExit(LIMIT);
        }
        topology.node().exec("tc", "filter", "del", "dev", "dummy0", "ingress");

        try (LabProcess text = status()) {
            assertEquals(ExitCode.FAILED, text.awaitExit(LIMIT));
            String said = String.join("\n", text.lines());
            assertTrue(said.contains("no program of its is attached, so no datagram is forwarded"), said);
            assertTrue(said.contains("NOT ATTACHED"), said);
        }
    }
}
