package dev.udpfanout.loader.kubernetes.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the real client library makes of an API server that is away or is none, over real sockets. */
@Tag("unit")
@Timeout(60)
class ReasonTest {
    private static final String NO_CONNECTION =
            "failed to connect to the API server: its address refuses connections, or no route leads to it";
    private static final String REQUEST = "failed to get Service logging/receivers: ";

    /** Whoever connects gets this answer, if it is not empty, and is hung up on. */
    private record Server(ServerSocket socket) implements AutoCloseable {
        static Server answering(String answer) throws IOException {
            ServerSocket socket = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
            Thread.ofPlatform().daemon().start(() -> serve(socket, answer));
            return new Server(socket);
        }

        private static void serve(ServerSocket socket, String answer) {
            while (!socket.isClosed()) {
                try (Socket client = socket.accept()) {
                    client.getInputStream().read(new byte[4096]);
                    client.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                } catch (IOException e) {
                    // Closed, by either side.
                }
            }
        }

        String address() {
            return "127.0.0.1:" + socket.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static String reason(String url) {
        Config config = new ConfigBuilder(Config.empty()).withMasterUrl(url).build();
        try (KubernetesClient client = KubernetesClients.connect(config)) {
            return Reason.of(assertThrows(KubernetesClientException.class, () -> client.services()
                    .inNamespace("logging")
                    .withName("receivers")
                    .get()));
        }
    }

    private static String reasonOfWatch(String url) {
        Config config = new ConfigBuilder(Config.empty()).withMasterUrl(url).build();
        try (KubernetesClient client = KubernetesClients.connect(config)) {
            return Reason.of(assertThrows(ExecutionException.class, () -> client.services()
                    .inNamespace("logging")
                    .informOnCondition(services -> true)
                    .get()));
        }
    }

    @Test
    void shouldSayThatNobodyListensThere() throws IOException {
        Server gone = Server.answering("");
        gone.close();
        assertEquals(REQUEST + NO_CONNECTION, reason("http://" + gone.address()));
        assertEquals(NO_CONNECTION, reasonOfWatch("https://" + gone.address()));
    }

    @Test
    void shouldSayThatTheNameIsUnknown() {
        assertEquals(
                REQUEST + "the name of the API server's host cannot be resolved",
                reason("http://api.udp-fanout.invalid:6443"));
    }

    @Test
    void shouldSayThatTheServerHangsUp() throws IOException {
        try (Server server = Server.answering("")) {
            assertEquals(
                    REQUEST + "the API server closed the connection before it answered",
                    reason("http://" + server.address()));
        }
    }

    @Test
    void shouldSayWhatIsWrongWithTheEncryption() throws IOException {
        try (Server server = Server.answering("HTTP/1.1 400 Bad Request\r\n\r\n")) {
            assertEquals(
                    REQUEST + "Unrecognized SSL message, plaintext connection?", reason("https://" + server.address()));
        }
    }

    @Test
    void shouldSayThatAccessIsRefused() throws IOException {
        try (Server server = Server.answering("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")) {
            assertEquals(
                    "Failure executing: GET at: http://" + server.address()
                            + "/api/v1/namespaces/logging/services/receivers. Message: Forbidden.",
                    reason("http://" + server.address()));
        }
    }

    @Test
    void shouldMakeASentenceOfWhatHasNone() {
        assertEquals(
                "the connection to the API server was closed",
                Reason.of(new KubernetesClientException("An error has occurred.", new ClosedChannelException())));
        assertEquals(
                "the connection to the API server was closed",
                Reason.of(new CompletionException(new IOException(new ClosedChannelException()))));
        assertEquals("IllegalStateException", Reason.of(new IllegalStateException()));
        assertEquals("no watch after PT15S", Reason.of(new IllegalStateException("no watch after PT15S")));
    }
}
