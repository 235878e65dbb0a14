package dev.udpfanout.lab.cluster.controlplane;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.HttpServer;
import dev.udpfanout.lab.Topology;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Requests go to the namespace's own loopback interface, whichever thread asks. */
@Tag("kernel")
class NamespaceHttpTest {
    private static final int CONNECTIONS = 20;

    private static HttpServer serve(int port, String page) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        byte[] body = page.getBytes(StandardCharsets.US_ASCII);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        return server;
    }

    @Test
    void shouldOpenEachConnectionInsideTheNamespace() throws Exception {
        HttpServer outside = serve(0, "outside");
        int port = outside.getAddress().getPort();
        try (Topology topology = Topology.builder().pods(1).build()) {
            HttpServer inside = topology.node().call(() -> serve(port, "inside"));
            for (int i = 0; i < CONNECTIONS; i++) {
                try (HttpClient client = new NamespaceHttp(topology.node()).client()) {
                    HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port))
                            .timeout(Duration.ofSeconds(10))
                            .build();
                    assertEquals("inside", NamespaceHttp.send(client, request).body());
                }
            }
            inside.stop(0);
        } finally {
            outside.stop(0);
        }
    }
}
