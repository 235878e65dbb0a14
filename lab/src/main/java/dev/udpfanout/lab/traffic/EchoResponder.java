package dev.udpfanout.lab.traffic;

import dev.udpfanout.lab.LabNamespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A server that answers each datagram with what was in it, on a thread of its own, until it is closed. */
public final class EchoResponder implements AutoCloseable {
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);
    private static final int MAX_DATAGRAM_BYTES = 65_536;

    private final DatagramSocket socket;
    private final AtomicLong answered = new AtomicLong();
    private final CompletableFuture<Void> finished = new CompletableFuture<>();

    private EchoResponder(DatagramSocket socket) {
        this.socket = socket;
    }

    /** Opens its socket on a port of all of a namespace's addresses, of both families; it answers when this returns. */
    public static EchoResponder start(LabNamespace namespace, int port) {
        DatagramSocket socket = namespace.call(() -> new DatagramSocket(new InetSocketAddress("::", port)));
        EchoResponder responder = new EchoResponder(socket);
        namespace.thread("echo-" + port, responder::answerUntilClosed).start();
        return namespace.closedWithTopology(responder);
    }

    /** How many it has answered. */
    public long answered() {
        return answered.get();
    }

    private void answerUntilClosed() {
        try {
            answer();
            finished.complete(null);
        } catch (RuntimeException e) {
            finished.completeExceptionally(e);
        }
    }

    private void answer() {
        DatagramPacket packet = new DatagramPacket(new byte[MAX_DATAGRAM_BYTES], MAX_DATAGRAM_BYTES);
        try {
            while (true) {
                packet.setLength(MAX_DATAGRAM_BYTES);
                socket.receive(packet);
                // Before the answer: who has that may ask for the number at once.
                answered.incrementAndGet();
                socket.send(packet);
            }
        } catch (IOException e) {
            if (!socket.isClosed()) {
                throw new UncheckedIOException("echo responder on " + socket.getLocalSocketAddress(), e);
            }
        }
    }

    /** Returns when the port is free. */
    @Override
    public void close() {
        socket.close();
        // The kernel keeps a socket for as long as a thread is in recvfrom() with it.
        finished.copy().orTimeout(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS).join();
    }
}
