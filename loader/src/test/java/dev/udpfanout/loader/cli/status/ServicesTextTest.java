package dev.udpfanout.loader.cli.status;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.udpfanout.bindings.terminal.TerminalSize;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The listeners of a Service stand together, and what is refused is told with its reason. */
@Tag("unit")
class ServicesTextTest {
    private static JsonNode page(String top) throws IOException {
        return new ObjectMapper().readTree("""
                { %s,
                  "listeners": [
                    { "name": "logging/syslog:514", "service": "logging/syslog",
                      "packets_received": 7, "packets_forwarded": 6 },
                    { "name": "of-file" },
                    { "name": "web/dns:53", "service": "web/dns" },
                    { "name": "logging/syslog:514.ipv6", "service": "logging/syslog",
                      "packets_received": 3, "packets_forwarded": 3 } ] }
                """.formatted(top));
    }

    private static List<String> text(JsonNode page) {
        return new StatusText(page, Instant.EPOCH).toString().lines().toList();
    }

    @Test
    void shouldGroupListenersByService() throws IOException {
        List<String> heads = text(page("\"ready\": true")).stream()
                .filter(line -> line.startsWith("Service ") || line.startsWith("listener "))
                .map(line -> line.startsWith("listener ") ? line.split(": ")[0] : line)
                .toList();

        assertEquals(
                List.of(
                        "listener of-file",
                        "Service logging/syslog: 2 listener(s), 10 packets received, 9 forwarded",
                        "listener logging/syslog:514",
                        "listener logging/syslog:514.ipv6",
                        "Service web/dns: 1 listener(s), 0 packets received, 0 forwarded",
                        "listener web/dns:53"),
                heads);
    }

    @Test
    void shouldTellWhatIsRefusedAndHowLongTheLeaseRuns() throws IOException {
        JsonNode page = page("""
                "services": { "connected": true, "served": 2, "refused": { "web/ntp": "the Service has no UDP port" } },
                "lease_left_ms": 597400""");

        List<String> lines = text(page);

        assertTrue(lines.contains("Services: 2 served, 1 refused, watched"), lines::toString);
        assertTrue(
                lines.contains("  REFUSED web/ntp: the Service has no UDP port; kube-proxy serves it"),
                lines::toString);
        assertTrue(
                lines.contains(
                        "lease: leased listeners are served for 9 min 57 s from now if the daemon dies, then by kube-proxy"),
                lines::toString);
        assertEquals(
                List.of("REFUSED web/ntp: the Service has no UDP port; kube-proxy serves it"),
                new ServicesText(page).amiss());
    }

    @Test
    void shouldTellThatADeadDaemonsLeaseIsOver() throws IOException {
        JsonNode page = page("\"daemon\": \"does not run\", \"lease_left_ms\": -61000");

        String line =
                "lease: RAN OUT 1 min 1 s ago: datagrams of leased listeners go past the program, kube-proxy serves"
                        + " them";
        assertTrue(text(page).contains(line), () -> text(page).toString());
        assertEquals(List.of(line), new ServicesText(page).amiss());
    }

    @Test
    void shouldDrawTheGroupsOnTheScreen() throws IOException {
        List<String> screen = StatusScreen.draw(
                page("\"ready\": true"), new StatusRates(), "12:00:00", new TerminalSize(80, 60), false);

        int service = screen.indexOf("Service logging/syslog: 2 listener(s), 10 packets received, 9 forwarded");
        assertTrue(service > 0, screen::toString);
        assertTrue(screen.get(service + 2).startsWith("logging/syslog:514 "), screen::toString);
        assertFalse(screen.stream().anyMatch(line -> line.startsWith("Service of-file")), screen::toString);
    }
}
