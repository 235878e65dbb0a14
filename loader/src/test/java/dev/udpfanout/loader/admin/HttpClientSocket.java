package dev.udpfanout.loader.admin;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client that sends just the bytes that it is told to. */
final class HttpClientSocket implements AutoCloseable {
    private static final int LIMIT_MS = 20_000;

    private final Socket socket = new Socket();

    HttpClientSocket(InetSocketAddress server) throws IOException {
        socket.setSoTimeout(LIMIT_MS);
        // So little that a large page cannot wait in the kernel.
        socket.setReceiveBufferSize(4096);
        socket.connect(server, LIMIT_MS);
    }

    /** A whole exchange. */
    static String exchange(InetSocketAddress server, String request) throws IOException {
        try (HttpClientSocket client = new HttpClientSocket(server)) {
            client.send(request);
            return client.readAll();
        }
    }

    static String get(InetSocketAddress server, String path) throws IOException {
        return exchange(server, "GET " + path + " HTTP/1.1\r\nHost: test\r\n\r\n");
    }

    void send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    String readAll() throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** Waits for the server to hang up, whatever it sends before. */
    boolean isHungUpOn() {
        try {
            socket.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
            return true;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
