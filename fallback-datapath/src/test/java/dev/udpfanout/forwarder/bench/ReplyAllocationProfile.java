package dev.udpfanout.forwarder.bench;

import com.sun.management.ThreadMXBean;
import dev.udpfanout.forwarder.EndpointTable;
import dev.udpfanout.forwarder.Forwarder;
import dev.udpfanout.forwarder.config.ForwarderConfig;
import dev.udpfanout.forwarder.config.IoChoice;
import dev.udpfanout.forwarder.config.ReplyLimits;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.Locale;

/**
 * Heap bytes that a worker's thread allocates for a request and its reply, over loopback, of eight clients whose flows
 * are there. Argument: how many requests to count over. Prints a line a transport.
 */
final class ReplyAllocationProfile {
    private static final int WARM_UP_ROUNDS = 20_000;
    private static final int CLIENTS = 8;
    private static final int PAYLOAD_BYTES = 100;

    private ReplyAllocationProfile() {}

    public static void main(String[] args) throws IOException {
        int rounds = Integer.parseInt(args[0]) / CLIENTS;
        for (IoChoice io : new IoChoice[] {IoChoice.IO_URING, IoChoice.EPOLL, IoChoice.NIO}) {
            profile(io, rounds);
        }
    }

    private static void profile(IoChoice io, int rounds) throws IOException {
        ForwarderConfig config = ForwarderConfig.forAddress(new InetSocketAddress("127.0.0.1", 0))
                .withIo(io)
                .withMaxPacketBytes(2048)
                .withReplies(new ReplyLimits(100, Duration.ofMinutes(10)));
        DatagramChannel[] clients = new DatagramChannel[CLIENTS];
        try (DatagramChannel server =
                        DatagramChannel.open(StandardProtocolFamily.INET).bind(new InetSocketAddress("127.0.0.1", 0));
                Forwarder forwarder = Forwarder.start(config)) {
            forwarder
                    .endpoints(EndpointTable.of((InetSocketAddress) server.getLocalAddress()))
                    .toCompletableFuture()
                    .join();
            for (int i = 0; i < CLIENTS; i++) {
                clients[i] = DatagramChannel.open(StandardProtocolFamily.INET).connect(forwarder.localAddress());
            }
            ask(clients, server, WARM_UP_ROUNDS);
            long before = workerAllocated();
            long startNs = System.nanoTime();
            ask(clients, server, rounds);
            long requests = (long) rounds * CLIENTS;
            double bytes = (double) (workerAllocated() - before) / requests;
            double us = (System.nanoTime() - startNs) / 1e3 / requests;
            System.out.printf(
                    Locale.ROOT, "%-8s %d requests, %.4f bytes each, %.1f us each%n", io, requests, bytes, us);
        } finally {
            for (DatagramChannel client : clients) {
                client.close();
            }
        }
    }

    private static void ask(DatagramChannel[] clients, DatagramChannel server, int rounds) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(PAYLOAD_BYTES);
        for (int round = 0; round < rounds; round++) {
            for (DatagramChannel client : clients) {
                client.write(buffer.clear());
            }
            for (int i = 0; i < clients.length; i++) {
                InetSocketAddress from = (InetSocketAddress) server.receive(buffer.clear());
                server.send(buffer.flip(), from);
            }
            for (DatagramChannel client : clients) {
                client.read(buffer.clear());
            }
        }
    }

    private static long workerAllocated() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long total = 0;
        for (long id : threads.getAllThreadIds()) {
            if (threads.getThreadInfo(id) != null
                    && threads.getThreadInfo(id).getThreadName().startsWith("udp-fanout-worker")) {
                total += threads.getThreadAllocatedBytes(id);
            }
        }
        return total;
    }
}
