package dev.udpfanout.loader.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.lab.BoundedWait;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Clients that dawdle, flood or break off, over real sockets. The page "/small" must come all the same. */
@Tag("unit")
class HostileClientTest {
    private static final int LARGE_BYTES = 8 * 1024 * 1024;
    /** Longer than any test waits for a page that must come. */
    private static final Duration LONG = Duration.ofMinutes(10);

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final int MAX_CONNECTIONS = 8;

    private final List<AutoCloseable> resources = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable resource : resources.reversed()) {
            resource.close();
        }
    }

    private static ServerLimits limits(Duration request, Duration response) {
        return new ServerLimits(MAX_CONNECTIONS, 1024, request, response, SHORT, 3L * LARGE_BYTES);
    }

    private InetSocketAddress serve(ServerLimits limits) {
        AdminServer server = AdminServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), limits, HostileClientTest::page);
        resources.add(server);
        return server.address();
    }

    private static HttpResponse page(RequestHead request) {
        return switch (request.path()) {
            case "/small" -> HttpResponse.text(200, "small");
            case "/large" -> new HttpResponse(200, "text/plain", new byte[LARGE_BYTES]);
            default -> throw new IllegalStateException("a page's fault");
        };
    }

    private HttpClientSocket client(InetSocketAddress server) throws IOException {
        HttpClientSocket client = new HttpClientSocket(server);
        resources.add(client);
        return client;
    }

    private static void assertServes(InetSocketAddress server) throws IOException {
        String page = HttpClientSocket.get(server, "/small");
        assertTrue(page.endsWith("\r\n\r\nsmall\n"), page);
    }

    @Test
    void shouldServeWhileManyMoreClientsThanAllowedSayNothing() throws IOException {
        InetSocketAddress server = serve(limits(LONG, LONG));
        HttpClientSocket first = client(server);
        for (int i = 0; i < 10 * MAX_CONNECTIONS; i++) {
            client(server).send("GET /sm");
        }

        assertServes(server);
        assertTrue(first.isHungUpOn());
    }

    @Test
    void shouldHangUpOnAClientThatSendsByteByByteForTooLong() throws IOException {
        InetSocketAddress server =
                serve(new ServerLimits(MAX_CONNECTIONS, 1024 * 1024, SHORT, LONG, SHORT, LARGE_BYTES));

        assertTrue(BoundedWait.until(new Dripping(client(server)), LIMIT));
        assertServes(server);
    }

    /** Sends one more byte each time that it is asked whether the server has hung up. */
    private record Dripping(HttpClientSocket client) implements BooleanSupplier {
        @Override
        public boolean getAsBoolean() {
            try {
                client.send("x");
                return false;
            } catch (IOException e) {
                return true;
            }
        }
    }

    @Test
    void shouldRefuseHeadersWithoutEnd() throws IOException {
        InetSocketAddress server = serve(limits(LONG, LONG));

        String page = HttpClientSocket.exchange(server, "GET /small HTTP/1.1\r\nX: " + "x".repeat(2000));

        assertTrue(page.startsWith("HTTP/1.1 431 "), page);
        assertServes(server);
    }

    @Test
    void shouldServeWhileMoreClientsThanAllowedDoNotReadTheirPage() throws IOException {
        InetSocketAddress server = serve(limits(LONG, LONG));
        HttpClientSocket first = client(server);
        first.send("GET /large HTTP/1.1\r\n\r\n");
        for (int i = 0; i < 2 * MAX_CONNECTIONS; i++) {
            client(server).send("GET /large HTTP/1.1\r\n\r\n");
        }

        assertServes(server);
        assertTrue(first.isHungUpOn());
    }

    @Test
    void shouldHangUpOnWhoeverDawdlesLongestWhenPagesThatWaitAreMoreBytesThanAllowed() throws IOException {
        InetSocketAddress server = serve(limits(LONG, LONG));
        List<HttpClientSocket> clients = new ArrayList<>();
        for (int i = 0; i < MAX_CONNECTIONS - 2; i++) {
            clients.add(client(server));
            clients.getLast().send("GET /large HTTP/1.1\r\n\r\n");
        }

        assertServes(server);
        // Pages are made one after the other: with the last one, all have been.
        assertTrue(clients.getLast().readAll().length() > LARGE_BYTES);
        assertTrue(isCutOff(clients.getFirst()));
    }

    private static boolean isCutOff(HttpClientSocket client) {
        try {
            return client.readAll().length() < LARGE_BYTES;
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void shouldHangUpOnAClientThatDoesNotReadForTooLong() throws IOException {
        InetSocketAddress server = serve(limits(LONG, SHORT));
        HttpClientSocket client = client(server);
        client.send("GET /large HTTP/1.1\r\n\r\n");
        assertServes(server);

        assertTrue(BoundedWait.until(new Dripping(client), LIMIT));
        assertServes(server);
    }

    @Test
    void shouldDeliverALargePageToAClientThatReads() throws IOException {
        InetSocketAddress server = serve(limits(LONG, LONG));

        String page = HttpClientSocket.get(server, "/large");

        assertEquals(LARGE_BYTES, page.length() - page.indexOf("\r\n\r\n") - 4);
    }

    @Test
    void shouldHangUpOnAClientThatNeverClosesItsSide() throws IOException {
        InetSocketAddress server = serve(limits(LONG, LONG));
        for (int i = 0; i < 3 * MAX_CONNECTIONS; i++) {
            client(server).send("GET /small HTTP/1.1\r\n\r\n" + "more".repeat(10));
        }

        assertServes(server);
    }

    @Test
    void shouldAnswer500WhenAPageCannotBeMade() throws IOException {
        InetSocketAddress server = serve(limits(LONG, LONG));

        assertTrue(HttpClientSocket.get(server, "/faulty").startsWith("HTTP/1.1 500 "));
        assertServes(server);
    }

    @Test
    void shouldNameTheAddressWhenItIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            InetSocketAddress address = (InetSocketAddress) taken.getLocalSocketAddress();

            UncheckedIOException refused = assertThrows(
                    UncheckedIOException.class,
                    () -> AdminServer.start(address, limits(LONG, LONG), HostileClientTest::page));

            assertEquals(
                    "metrics.bind: cannot listen on 127.0.0.1:" + address.getPort() + ": Address already in use",
                    refused.getMessage());
        }
    }

    @Test
    void shouldFreeThePortWhenClosed() throws IOException {
        AdminServer first = AdminServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                limits(LONG, LONG),
                HostileClientTest::page);
        InetSocketAddress address = first.address();
        HttpClientSocket idle = client(address);
        first.close();

        assertTrue(idle.isHungUpOn());
        resources.add(AdminServer.start(address, limits(LONG, LONG), HostileClientTest::page));
        assertServes(address);
    }

    /** Pages that take as long as the test wants them to. */
    private static final class Held implements RequestHandler {
        private final CountDownLatch released = new CountDownLatch(1);

        @Override
        public boolean isQuick(RequestHead request) {
            return request.path().equals("/small");
        }

        @Override
        public HttpResponse handle(RequestHead request) {
            if (!isQuick(request)) {
                try {
                    released.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            return page(request);
        }
    }

    @Test
    void shouldAnswerQuickPagesWhileAnotherIsBeingMade() throws IOException {
        Held held = new Held();
        AdminServer server =
                AdminServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), limits(LONG, LONG), held);
        resources.add(server);
        HttpClientSocket waiting = client(server.address());
        waiting.send("GET /large HTTP/1.1\r\n\r\n");

        assertServes(server.address());
        held.released.countDown();
        assertTrue(waiting.readAll().startsWith("HTTP/1.1 200 "));
    }

    @Test
    void shouldRefusePagesWhenTooManyWaitAndStillAnswerQuickOnes() throws IOException {
        Held held = new Held();
        AdminServer server = AdminServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                new ServerLimits(400, 1024, LONG, LONG, SHORT, LARGE_BYTES),
                held);
        resources.add(server);
        List<HttpClientSocket> clients = new ArrayList<>();
        for (int i = 0; i < 310; i++) {
            HttpClientSocket client = client(server.address());
            client.send("GET /large HTTP/1.1\r\n\r\n");
            clients.add(client);
        }

        assertServes(server.address());
        assertTrue(clients.getLast().readAll().startsWith("HTTP/1.1 503 "));
        held.released.countDown();
        assertServes(server.address());
    }
}
