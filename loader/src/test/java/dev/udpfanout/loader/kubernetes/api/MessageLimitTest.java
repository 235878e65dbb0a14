package dev.udpfanout.loader.kubernetes.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A server whose watch begins a message that has no end, over a real socket: RFC 6455. What it sends is bounded, so
 * that a failing test ends too.
 */
@Tag("unit")
@Timeout(60)
class MessageLimitTest {
    private static final long MOST_BYTES = 40L * AnswerLimit.MAX_BYTES;
    private static final String ACCEPT_SALT = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int PIECE_BYTES = 64 * 1024;
    private static final int LAST = 0x80;
    private static final int TEXT = 1;
    private static final int CONTINUED = 0;
    private static final int LENGTH_IN_64_BITS = 127;
    private static final String ADDED = """
            {"type": "ADDED", "object": {"kind": "Service", "apiVersion": "v1", "metadata": {"name": "%s"}}}""";

    private final ServerSocket server = open();
    private final AtomicLong sentBytes = new AtomicLong();
    private final CompletableFuture<Long> gaveUpAfterBytes = new CompletableFuture<>();
    private final AtomicLong events = new AtomicLong();
    private volatile boolean inOneFrame;
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
                out.write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                + "Sec-WebSocket-Accept: " + accept(key(client)) + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
                byte[] event = ADDED.formatted("syslog").getBytes(StandardCharsets.US_ASCII);
                for (int i = 0; i < 3; i++) {
                    write(out, LAST | TEXT, event.length, event);
                }
                sendWithoutEnd(out);
            } catch (IOException e) {
                gaveUpAfterBytes.complete(sentBytes.get());
            } catch (GeneralSecurityException e) {
                gaveUpAfterBytes.completeExceptionally(e);
            }
        }
    }

    private static String key(Socket client) throws IOException {
        BufferedReader in =
                new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
        String key = "";
        for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
            if (line.toLowerCase(Locale.ROOT).startsWith("sec-websocket-key:")) {
                key = line.substring(line.indexOf(':') + 1).strip();
            }
        }
        return key;
    }

    private static String accept(String key) throws GeneralSecurityException {
        byte[] digest =
                MessageDigest.getInstance("SHA-1").digest((key + ACCEPT_SALT).getBytes(StandardCharsets.US_ASCII));
        return Base64.getEncoder().encodeToString(digest);
    }

    private void sendWithoutEnd(OutputStream out) throws IOException {
        byte[] piece = " ".repeat(PIECE_BYTES).getBytes(StandardCharsets.US_ASCII);
        if (inOneFrame) {
            write(out, LAST | TEXT, MOST_BYTES, piece);
        } else {
            write(out, TEXT, piece.length, piece);
        }
        while (sentBytes.get() < MOST_BYTES) {
            if (inOneFrame) {
                out.write(piece);
            } else {
                write(out, CONTINUED, piece.length, piece);
            }
            sentBytes.addAndGet(piece.length);
        }
    }

    /** The header of a frame of so many bytes, and the first of them. */
    private static void write(OutputStream out, int first, long frameBytes, byte[] begin) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(10).put((byte) first);
        if (frameBytes < 126) {
            header.put((byte) frameBytes);
        } else if (frameBytes < 1 << 16) {
            header.put((byte) 126).putShort((short) frameBytes);
        } else {
            header.put((byte) LENGTH_IN_64_BITS).putLong(frameBytes);
        }
        out.write(header.array(), 0, header.position());
        out.write(begin);
    }

    @AfterEach
    void close() throws Exception {
        server.close();
        thread.join(10_000);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldGiveUpAWatchWhoseMessageHasNoEnd(boolean oneFrame) throws Exception {
        inOneFrame = oneFrame;
        Config config = new ConfigBuilder(Config.empty())
                .withMasterUrl("http://127.0.0.1:" + server.getLocalPort())
                .build();
        try (KubernetesClient client = KubernetesClients.connect(config)) {
            client.services().inNamespace("logging").watch(new Watcher<>() {
                @Override
                public void eventReceived(Action action, Service service) {
                    events.incrementAndGet();
                }

                @Override
                public void onClose(WatcherException cause) {
                    // The library tries again, after a while.
                }
            });
            long bytes = gaveUpAfterBytes.get(30, TimeUnit.SECONDS);
            assertTrue(bytes < 3L * AnswerLimit.MAX_BYTES, () -> bytes + " bytes were taken");
            assertEquals(3, events.get(), "what came before is known");
        }
    }
}
