package dev.udpfanout.loader.kubernetes.api;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server whose answer has no end, over a real socket. What it sends is bounded, so that a failing test ends too. */
@Tag("unit")
@Timeout(60)
class AnswerLimitTest {
    private static final long MOST_BYTES = 40L * AnswerLimit.MAX_BYTES;

    private final ServerSocket server = open();
    private final AtomicLong sentBytes = new AtomicLong();
    private final Thread thread = Thread.ofPlatform().daemon().start(this::serve);

    private static ServerSocket open() {
        try {
            return new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void serve() {
        while (!server.isClosed()) {
            try (Socket client = server.accept()) {
                OutputStream out = client.getOutputStream();
                out.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{\"items\": ["
                        .getBytes(StandardCharsets.US_ASCII));
                byte[] more = " ".repeat(64 * 1024).getBytes(StandardCharsets.US_ASCII);
                while (sentBytes.get() < MOST_BYTES) {
                    out.write(more);
                    sentBytes.addAndGet(more.length);
                }
            } catch (IOException e) {
                // The client has had enough.
            }
        }
    }

    @AfterEach
    void close() throws Exception {
        server.close();
        thread.join(10_000);
    }

    @Test
    void shouldGiveUpAnAnswerWithoutEnd() {
        Config config = new ConfigBuilder(Config.empty())
                .withMasterUrl("http://127.0.0.1:" + server.getLocalPort())
                .build();
        try (KubernetesClient client = KubernetesClients.connect(config)) {
            KubernetesClientException refused = assertThrows(KubernetesClientException.class, () -> client.discovery()
                    .v1()
                    .endpointSlices()
                    .inNamespace("logging")
                    .list());

            assertTrue(
                    Reason.of(refused).contains("is longer than " + AnswerLimit.MAX_BYTES + " bytes"),
                    () -> Reason.of(refused));
            assertTrue(sentBytes.get() < 3L * AnswerLimit.MAX_BYTES, sentBytes::toString);
        }
    }
}
