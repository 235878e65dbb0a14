package dev.udpfanout.forwarder.bench;

import com.sun.management.ThreadMXBean;
import dev.udpfanout.forwarder.EndpointTable;
import dev.udpfanout.forwarder.Forwarder;
import dev.udpfanout.forwarder.Transports;
import dev.udpfanout.forwarder.config.ForwarderConfig;
import dev.udpfanout.forwarder.transport.Transport;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.Locale;

/**
 * Heap bytes that a worker's thread allocates while it forwards, over loopback. Argument: how many datagrams to count
 * over. Prints a line a transport.
 */
final class AllocationProfile {
    private static final int WARM_UP_DATAGRAMS = 300_000;
    private static final int PAYLOAD_BYTES = 200;

    private AllocationProfile() {}

    public static void main(String[] args) throws IOException {
        long datagrams = Long.parseLong(args[0]);
        for (Transport transport : Transport.values()) {
            profile(transport, datagrams);
        }
    }

    private static void profile(Transport transport, long datagrams) throws IOException {
        ForwarderConfig config = ForwarderConfig.forAddress(new InetSocketAddress("127.0.0.1", 0))
                .withMaxPacketBytes(2048);
        // A receiver that never reads: its socket drops what does not fit.
        try (DatagramChannel receiver =
                        DatagramChannel.open(StandardProtocolFamily.INET).bind(new InetSocketAddress("127.0.0.1", 0));
                DatagramChannel sender = DatagramChannel.open(StandardProtocolFamily.INET);
                Forwarder forwarder = Transports.start(transport, config)) {
            forwarder
                    .endpoints(EndpointTable.of((InetSocketAddress) receiver.getLocalAddress()))
                    .toCompletableFuture()
                    .join();
            sender.connect(forwarder.localAddress());
            forward(sender, forwarder, WARM_UP_DATAGRAMS);
            long forwardedBefore = forwarder.counters().forwarded();
            long bytesBefore = workerAllocated();
            forward(sender, forwarder, datagrams);
            long bytes = workerAllocated() - bytesBefore;
            long forwarded = forwarder.counters().forwarded() - forwardedBefore;
            System.out.printf(
                    Locale.ROOT,
                    "%-20s %d datagrams, %d bytes allocated, %.4f bytes a datagram%n",
                    transport.label(),
                    forwarded,
                    bytes,
                    (double) bytes / forwarded);
        }
    }

    private static void forward(DatagramChannel sender, Forwarder forwarder, long datagrams) throws IOException {
        ByteBuffer payload = ByteBuffer.allocateDirect(PAYLOAD_BYTES);
        long until = forwarder.counters().forwarded() + datagrams;
        while (forwarder.counters().forwarded() < until) {
            for (int i = 0; i < 1000; i++) {
                sender.write(payload.clear());
            }
        }
    }

    private static long workerAllocated() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long worker = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("udp-fanout-worker"))
                .findAny()
                .orElseThrow()
                .threadId();
        return threads.getThreadAllocatedBytes(worker);
    }
}
