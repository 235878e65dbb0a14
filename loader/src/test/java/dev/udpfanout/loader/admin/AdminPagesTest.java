package dev.udpfanout.loader.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.udpfanout.loader.datapath.UserspaceDrops;
import dev.udpfanout.loader.metrics.DaemonMetrics;
import dev.udpfanout.loader.status.FixedView;
import dev.udpfanout.loader.status.Readiness;
import dev.udpfanout.loader.supervision.ThreadsStatus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class AdminPagesTest {
    private final FixedView view = new FixedView();
    private static final UserspaceDrops.Drop DROP = new UserspaceDrops.Drop(
            Instant.parse("2026-01-02T03:04:05Z"),
            "syslog",
            "rate_limited",
            Optional.of(new InetSocketAddress("2001:db8::1", 4000)),
            Optional.empty(),
            Optional.empty(),
            1,
            78);

    private AdminServer server;

    @BeforeEach
    void start() {
        AdminPages pages =
                new AdminPages(view, UserspaceDrops.NONE, new DaemonMetrics(view), "/metrics", Duration.ofSeconds(30));
        server = AdminServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), pages);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String get(String path) throws IOException {
        return HttpClientSocket.get(server.address(), path);
    }

    @Test
    void shouldServeMetrics() throws IOException {
        String page = get("/metrics");

        assertTrue(page.startsWith("HTTP/1.1 200 OK\r\nContent-Type: text/plain"), page);
        assertTrue(page.contains("\nudp_fanout_config_valid 0.0\n"), page);
    }

    @Test
    void shouldBeAliveUntilTheControlLoopStandsStill() throws IOException {
        assertTrue(get("/healthz").startsWith("HTTP/1.1 200 "));
        view.sinceLastTurn = Duration.ofSeconds(31);

        String page = get("/healthz");
        assertTrue(page.startsWith("HTTP/1.1 503 "), page);
        assertTrue(page.endsWith("the control loop has not turned for 31 s\n"), page);
    }

    @Test
    void shouldBeDeadWhenAThreadIs() throws IOException {
        view.threads = new ThreadsStatus(Map.of(), List.of("watch a (IllegalStateException: b)"), List.of());
        String failing = get("/healthz");
        assertTrue(failing.startsWith("HTTP/1.1 200 "), failing);
        assertTrue(failing.endsWith("started again: watch a (IllegalStateException: b)\n"), failing);
        view.threads = new ThreadsStatus(Map.of(), List.of(), List.of("watch a (IllegalStateException: b)"));

        String page = get("/healthz");
        assertTrue(page.startsWith("HTTP/1.1 503 "), page);
        assertTrue(page.endsWith("does not work any more: watch a (IllegalStateException: b)\n"), page);
    }

    @Test
    void shouldSayWhyItIsNotReady() throws IOException {
        assertTrue(get("/readyz").startsWith("HTTP/1.1 200 "));
        view.readiness = Readiness.notReady("listener syslog has no usable endpoint");

        String page = get("/readyz");
        assertTrue(page.startsWith("HTTP/1.1 503 "), page);
        assertTrue(page.endsWith("not ready: listener syslog has no usable endpoint\n"), page);
    }

    @Test
    void shouldGiveTheStatusAsJson() throws IOException {
        String page = get("/status");

        JsonNode status = new ObjectMapper().readTree(page.substring(page.indexOf("\r\n\r\n")));
        JsonNode listener = status.path("listeners").path(0);
        assertTrue(page.contains("Content-Type: application/json\r\n"));
        assertEquals("10.255.0.1:5514", listener.path("bind").asText());
        assertEquals("eth0, eth1", listener.path("interface").asText());
        assertTrue(listener.path("interfaces").path(0).path("attached").asBoolean());
        assertEquals("eth1", listener.path("interfaces").path(1).path("name").asText());
        assertFalse(listener.path("interfaces").path(1).path("attached").asBoolean(true));
        assertFalse(listener.path("published").asBoolean(true));
        assertTrue(status.path("listeners").path(1).path("published").asBoolean());
        assertFalse(listener.has("published_address"));
        assertEquals(
                "10.255.77.3",
                status.path("listeners").path(1).path("published_address").asText());
        assertEquals(8, listener.path("mirror").path("packets_forwarded").asLong());
        assertEquals(
                "10.42.0.13:5514",
                listener.path("mirror")
                        .path("endpoints")
                        .path(0)
                        .path("address")
                        .asText());
        assertTrue(status.path("listeners").path(1).path("mirror").isMissingNode());
        assertEquals(3, listener.path("packets_dropped").path("no_endpoints").asLong());
        assertEquals(90, listener.path("reply_packets_forwarded").asLong());
        assertEquals(
                4,
                listener.path("reply_packets_dropped").path("fib_unreachable").asLong());
        assertEquals("down", listener.path("endpoints").path(1).path("health").asText());
        assertEquals("[\"192.0.2.10\"]", listener.path("vips").toString());
        assertTrue(status.path("listeners").path(1).path("vips").isMissingNode());
        assertEquals(
                "no answer in time",
                listener.path("endpoints").path(1).path("last_probe_error").asText());
        assertFalse(listener.path("endpoints").path(0).has("last_probe_error"));
        assertEquals(
                "failed to get Service logging/syslog: the server hangs up",
                status.path("kubernetes").path("last_error").asText());
        assertEquals("2026-01-02T03:04:05Z", status.path("started_at").asText());
        assertEquals(
                1500, status.path("kubernetes").path("since_last_contact_ms").asLong());
        assertFalse(status.path("config").path("valid").asBoolean(true));
    }

    @Test
    void shouldAnswerHeadWithoutABody() throws IOException {
        String page = HttpClientSocket.exchange(server.address(), "HEAD /readyz HTTP/1.1\r\nHost: test\r\n\r\n");

        assertTrue(page.startsWith("HTTP/1.1 200 OK\r\n"), page);
        assertTrue(page.contains("Content-Length: 6\r\n"), page);
        assertTrue(page.endsWith("\r\n\r\n"), page);
    }

    @Test
    void shouldReadDropsOnFromTheNumberThatIsAskedFor() throws IOException {
        List<Long> asked = new ArrayList<>();
        UserspaceDrops drops = from -> {
            asked.add(from);
            return new UserspaceDrops.Page(List.of(DROP), 8, 20);
        };
        AdminPages pages = new AdminPages(view, drops, new DaemonMetrics(view), "/metrics", Duration.ofSeconds(30));
        try (AdminServer other = AdminServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), pages)) {
            JsonNode page = json(HttpClientSocket.get(other.address(), "/drops?from=7"));
            assertEquals(8, page.path("next").asLong());
            assertEquals(20, page.path("seen").asLong());
            JsonNode drop = page.path("drops").path(0);
            assertEquals("rate_limited", drop.path("reason").asText());
            assertEquals("[2001:db8::1]:4000", drop.path("source").asText());
            assertFalse(drop.has("endpoint"));
            HttpClientSocket.get(other.address(), "/drops");
            assertTrue(HttpClientSocket.get(other.address(), "/drops?from=x").startsWith("HTTP/1.1 400 "));
        }
        assertEquals(List.of(7L, -1L), asked);
    }

    @Test
    void shouldKeepDropsFromWhoIsNotOnThisHost() {
        AdminPages pages =
                new AdminPages(view, UserspaceDrops.NONE, new DaemonMetrics(view), "/metrics", Duration.ofSeconds(30));

        assertTrue(pages.isForThisHostOnly(new RequestHead("GET", "/drops", "", "")));
        assertFalse(pages.isForThisHostOnly(new RequestHead("GET", "/status", "", "")));
    }

    private static JsonNode json(String page) throws IOException {
        return new ObjectMapper().readTree(page.substring(page.indexOf("\r\n\r\n")));
    }

    @Test
    void shouldRefuseOtherMethodsEvenWithABody() throws IOException {
        String page = HttpClientSocket.exchange(
                server.address(),
                "POST /metrics HTTP/1.1\r\nHost: test\r\nContent-Length: 4000\r\n\r\n" + "x".repeat(4000));

        assertTrue(page.startsWith("HTTP/1.1 405 Method Not Allowed\r\n"), page);
        assertTrue(page.contains("Allow: GET, HEAD\r\n"), page);
    }

    @Test
    void shouldNameThePagesWhenThereIsNoSuchOne() throws IOException {
        String page = get("/nosuch");

        assertTrue(page.startsWith("HTTP/1.1 404 "), page);
        assertTrue(page.contains("/metrics /healthz /readyz /status /drops"), page);
    }

    @Test
    void shouldAnswerNonsense() throws IOException {
        assertTrue(HttpClientSocket.exchange(server.address(), "\0\1\2nonsense\r\n\r\n")
                .startsWith("HTTP/1.1 400 "));
    }

    @Test
    void shouldAnswerAboutHealthWithoutWaitingForALargePage() {
        AdminPages pages =
                new AdminPages(view, UserspaceDrops.NONE, new DaemonMetrics(view), "/metrics", Duration.ofSeconds(30));

        assertTrue(pages.isQuick(new RequestHead("GET", "/healthz", "", "")));
        assertTrue(pages.isQuick(new RequestHead("GET", "/readyz", "", "")));
        assertFalse(pages.isQuick(new RequestHead("GET", "/status", "", "")));
        assertFalse(pages.isQuick(new RequestHead("GET", "/metrics", "", "")));
    }
}
