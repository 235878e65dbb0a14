package dev.udpfanout.loader.cli.status;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.udpfanout.bindings.terminal.TerminalSize;
import dev.udpfanout.loader.admin.AdminPages;
import dev.udpfanout.loader.admin.AdminServer;
import dev.udpfanout.loader.datapath.UserspaceDrops;
import dev.udpfanout.loader.metrics.DaemonMetrics;
import dev.udpfanout.loader.status.FixedView;
import dev.udpfanout.loader.status.Readiness;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The page of a real server, drawn. */
@Tag("unit")
class StatusScreenTest {
    private final FixedView view = new FixedView();
    private final StringWriter out = new StringWriter();

    private void watch(boolean colours, long pictures, Queue<Optional<TerminalSize>> sizes) {
        AdminPages pages = new AdminPages(
                view, UserspaceDrops.NONE, new DaemonMetrics(view), "/metrics", AdminPages.DEFAULT_ALIVE_LIMIT);
        try (AdminServer server =
                AdminServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), pages)) {
            String address = "127.0.0.1:" + server.address().getPort();
            StatusSource source = new StatusSource(
                    address, URI.create("http://" + address + "/status").toURL(), Path.of("/sys/fs/bpf/none"));
            new StatusWatch(source, new PrintWriter(out), Duration.ofMillis(1), sizes::remove, colours).run(pictures);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Queue<Optional<TerminalSize>> sizes(int... columnsAndRows) {
        Queue<Optional<TerminalSize>> sizes = new ArrayDeque<>();
        for (int i = 0; i < columnsAndRows.length; i += 2) {
            sizes.add(Optional.of(new TerminalSize(columnsAndRows[i], columnsAndRows[i + 1])));
        }
        return sizes;
    }

    private static List<String> lines(String picture) {
        return picture.replaceAll("\u001b\\[[0-9;?]*[A-Za-z]", "").lines().toList();
    }

    @Test
    void shouldFitTheTerminalAndFollowItsSize() {
        watch(false, 2, sizes(80, 40, 80, 40, 120, 10));

        String[] pictures = out.toString().split("\u001b\\[H");
        List<String> first = lines(pictures[1]);
        List<String> second = lines(pictures[2]);
        assertTrue(first.stream().allMatch(line -> line.length() <= 80), () -> String.join("\n", first));
        assertTrue(first.stream().anyMatch(line -> line.length() > 70), () -> String.join("\n", first));
        assertEquals(9, second.size(), () -> String.join("\n", second));
        assertTrue(second.getLast().contains("more lines"), second::getLast);
        assertTrue(second.stream().anyMatch(line -> line.length() > 100), () -> String.join("\n", second));
        assertFalse(pictures[1].contains("\n\n\n"));
        assertTrue(out.toString().startsWith("\u001b[?1049h\u001b[?25l"));
    }

    @Test
    void shouldShowWhatIsAmiss() {
        view.readiness = Readiness.notReady("no endpoints");
        watch(true, 1, sizes(80, 60, 80, 60));

        String picture = String.join("\n", lines(out.toString()));
        for (String expected : List.of(
                "NOT READY: no endpoints",
                "NOT IN FORCE",
                "Kubernetes is NOT CONNECTED: failed to get Service logging/syslog",
                "NOT ATTACHED",
                "DOWN",
                "no answer in time",
                "- Mbit/s  pod-a",
                "dropped so far: no_endpoints 3",
                "1/2")) {
            assertTrue(picture.contains(expected), () -> expected + " is not in\n" + picture);
        }
        assertTrue(out.toString().contains("\u001b[31m"));
    }

    @Test
    void shouldShowAnAddressOnceWhenAnEndpointHasNoNameOfItsOwn() throws IOException {
        JsonNode status = new ObjectMapper().readTree("""
                {"ready": true, "listeners": [{"name": "syslog", "endpoints": [
                  {"name": "10.42.0.11:5514", "address": "10.42.0.11:5514", "health": "up", "active": true},
                  {"name": "10.42.0.12:5514", "address": "10.42.0.12:5514", "health": "down",
                   "last_probe_error": "no answer in time"},
                  {"name": "pod-c", "address": "10.42.0.13:5514", "health": "up", "active": true}]}]}
                """);
        String picture = String.join(
                "\n", StatusScreen.draw(status, new StatusRates(), "12:00:00", new TerminalSize(80, 40), false));
        for (String address : List.of("10.42.0.11:5514", "10.42.0.12:5514", "10.42.0.13:5514")) {
            assertEquals(1, picture.split(address, -1).length - 1, picture);
        }
        assertTrue(picture.contains("pod-c"), picture);
    }

    @Test
    void shouldUseNoColoursWhenToldNotTo() {
        watch(false, 1, sizes(80, 60, 80, 60));
        assertFalse(out.toString().contains("\u001b[31m"));
        assertFalse(out.toString().contains("\u001b[1m"));
    }

    @Test
    void shouldPrintPlainLinesWhereThereIsNoTerminal() {
        watch(true, 2, new ArrayDeque<>(List.of(Optional.empty())));
        assertFalse(out.toString().contains("\u001b"), out::toString);
        List<String> lines = out.toString().lines().toList();
        assertEquals(4, lines.size(), out::toString);
        assertTrue(
                lines.getFirst()
                        .endsWith(" listener=syslog attached=true received_per_second=- forwarded_per_second=-"
                                + " dropped_per_second=- endpoints=1"),
                lines::getFirst);
        assertTrue(lines.get(2).contains("received_per_second=0 "), () -> lines.get(2));
    }

    @Test
    void shouldWorkRatesOutOfTwoReadings() throws IOException {
        StatusRates rates = new StatusRates();
        rates.add(page(100, 1_000, 60, 500), 0);
        assertEquals("-", rates.perSecond("a", "packets_received"));
        rates.add(page(300, 251_000, 20, 125_500), 500_000_000);

        assertEquals("400", rates.perSecond("a", "packets_received"));
        assertEquals("4.0", rates.megabitsPerSecond("a", "bytes_received"));
        assertEquals("-", rates.perSecond("a", "10.0.0.1:5"), "a counter that begins anew");
        assertEquals("2.0", rates.megabitsPerSecond("a", StatusRates.bytesOf("10.0.0.1:5")));
        assertEquals("-", rates.perSecond("b", "packets_received"));
    }

    private static JsonNode page(long packets, long bytes, long ofEndpoint, long bytesOfEndpoint) throws IOException {
        return new ObjectMapper().readTree("""
                {"listeners": [{"name": "a", "packets_received": %d, "bytes_received": %d,
                  "endpoints": [{"address": "10.0.0.1:5", "packets": %d, "bytes": %d}]}]}""".formatted(packets, bytes, ofEndpoint, bytesOfEndpoint));
    }

    @Test
    void shouldDrawWhatFitsInATerminalOfAnyWidth() throws IOException {
        JsonNode page = page(100, 1_000, 60, 500);
        for (int columns = 1; columns <= 210; columns++) {
            int most = columns;
            StatusScreen.draw(page, new StatusRates(), "15:16:00", new TerminalSize(columns, 24), false)
                    .forEach(line -> assertTrue(line.length() <= most, line));
        }
    }

    @Test
    void shouldSayTheSecondsAlsoInTheFirstOfAMinute() {
        assertEquals("15:16:00", StatusWatch.clock(LocalTime.of(15, 16)));
    }
}
