package dev.udpfanout.loader.admin;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** One client: one request, one response, then it is over. For the server's thread alone. */
final class ClientConnection {
    /** Where it stands; the earlier, the sooner it has to make room. */
    enum Phase {
        READING,
        LINGERING,
        RENDERING,
        WRITING
    }

    /** What one turn sends at most, so that a fast reader of a large page does not keep the others waiting. */
    private static final int MAX_WRITE_BYTES = 64 * 1024;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SocketChannel channel;
    private final SelectionKey key;
    private final ServerLimits limits;
    private final ClientRequests requests;
    private boolean withBody = true;
    private ByteBuffer received;
    private ByteBuffer response = NOTHING;
    private Phase phase = Phase.READING;
    private long deadlineNanos;

    ClientConnection(
            SocketChannel channel, SelectionKey key, ServerLimits limits, ClientRequests requests, long nowNanos) {
        this.channel = channel;
        this.key = key;
        this.limits = limits;
        this.requests = requests;
        this.received = ByteBuffer.allocate(limits.maxRequestBytes());
        this.deadlineNanos = nowNanos + limits.requestTimeout().toNanos();
    }

    Phase phase() {
        return phase;
    }

    long deadlineNanos() {
        return deadlineNanos;
    }

    int queuedBytes() {
        return response.remaining();
    }

    /** Goes as far as it can without waiting; false when it is over. */
    boolean proceed(long nowNanos) throws IOException {
        return switch (phase) {
            case READING -> read(nowNanos);
            case RENDERING -> true;
            case WRITING -> write(nowNanos);
            case LINGERING -> linger();
        };
    }

    /** By its address, which is then one of this host's. */
    boolean isFromThisHost() {
        try {
            InetAddress remote = ((InetSocketAddress) channel.getRemoteAddress()).getAddress();
            InetAddress local = ((InetSocketAddress) channel.getLocalAddress()).getAddress();
            return remote.isLoopbackAddress() || remote.equals(local);
        } catch (IOException e) {
            return false;
        }
    }

    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // Gone is gone.
        }
    }

    private boolean read(long nowNanos) throws IOException {
        if (channel.read(received) < 0) {
            return false;
        }
        String text = new String(received.array(), 0, received.position(), StandardCharsets.ISO_8859_1);
        int end = endOfHead(text);
        if (end >= 0) {
            Optional<RequestHead> head = RequestHead.parse(text.substring(0, end));
            withBody = head.isEmpty() || !head.get().method().equals("HEAD");
            received = NOTHING;
            Optional<HttpResponse> answer = answer(head);
            return answer.isPresent() ? respond(answer.get(), nowNanos) : awaitPage(nowNanos);
        }
        if (!received.hasRemaining()) {
            return respond(
                    HttpResponse.text(431, "the request is longer than " + limits.maxRequestBytes() + " bytes"),
                    nowNanos);
        }
        return true;
    }

    private static int endOfHead(String text) {
        int strict = text.indexOf("\r\n\r\n");
        return strict >= 0 ? strict : text.indexOf("\n\n");
    }

    /** Empty if it takes a while: then {@link #respond} is called with it. */
    private Optional<HttpResponse> answer(Optional<RequestHead> head) {
        if (head.isEmpty()) {
            return Optional.of(HttpResponse.text(400, "not an HTTP/1 request"));
        }
        String method = head.get().method();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            return Optional.of(HttpResponse.text(405, "only GET and HEAD are allowed"));
        }
        return requests.answer(this, head.get());
    }

    private boolean awaitPage(long nowNanos) {
        phase = Phase.RENDERING;
        deadlineNanos = nowNanos + limits.responseTimeout().toNanos();
        key.interestOps(0);
        return true;
    }

    /** Begins to send; false when it is over. */
    boolean respond(HttpResponse answer, long nowNanos) throws IOException {
        received = NOTHING;
        response = answer.encoded(withBody);
        phase = Phase.WRITING;
        deadlineNanos = nowNanos + limits.responseTimeout().toNanos();
        key.interestOps(SelectionKey.OP_WRITE);
        return write(nowNanos);
    }

    private boolean write(long nowNanos) throws IOException {
        ByteBuffer part = response.slice(response.position(), Math.min(response.remaining(), MAX_WRITE_BYTES));
        response.position(response.position() + channel.write(part));
        if (response.hasRemaining()) {
            return true;
        }
        // Closing with unread bytes of the client would reset the connection, and could destroy the response on its
        // way.
        response = NOTHING;
        channel.shutdownOutput();
        phase = Phase.LINGERING;
        deadlineNanos = nowNanos + limits.lingerTimeout().toNanos();
        key.interestOps(SelectionKey.OP_READ);
        return true;
    }

    private boolean linger() throws IOException {
        return channel.read(ByteBuffer.allocate(limits.maxRequestBytes())) >= 0;
    }
}
