package dev.udpfanout.bench.jmh;

import dev.udpfanout.forwarder.EndpointTable;
import dev.udpfanout.forwarder.Forwarder;
import dev.udpfanout.forwarder.config.ForwarderConfig;
import dev.udpfanout.forwarder.config.IoChoice;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Timeout;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The user-space forwarder, a datagram: sent over loopback, taken and given on by one worker, and received. What
 * matters here is the allocation that {@code -prof gc} shows (of all threads; this one's own code allocates nothing);
 * the time is mostly the kernel's, three times over.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Timeout(time = 1, timeUnit = TimeUnit.MINUTES)
public class ForwarderBenchmark {
    /** As many as the worker takes at a time; few enough for the smallest receive buffer. */
    private static final int BATCH = 64;

    private static final int PAYLOAD_BYTES = 200;

    @Param({"IO_URING", "EPOLL", "NIO"})
    private IoChoice io;

    private DatagramChannel receiver;
    private DatagramChannel sender;
    private Forwarder forwarder;
    private ByteBuffer payload;
    private ByteBuffer received;

    @Setup
    public void setUp() throws IOException {
        OwnNamespace.enter();
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        receiver = DatagramChannel.open(StandardProtocolFamily.INET).bind(anyPort);
        forwarder =
                Forwarder.start(ForwarderConfig.forAddress(anyPort).withIo(io).withMaxPacketBytes(2048));
        forwarder
                .endpoints(EndpointTable.of((InetSocketAddress) receiver.getLocalAddress()))
                .toCompletableFuture()
                .join();
        sender = DatagramChannel.open(StandardProtocolFamily.INET).connect(forwarder.localAddress());
        payload = ByteBuffer.allocateDirect(PAYLOAD_BYTES);
        received = ByteBuffer.allocateDirect(PAYLOAD_BYTES);
        sender.write(payload.clear());
        // Connected: receive(2) on a socket that is not makes an address for each datagram.
        receiver.connect(receiver.receive(received.clear()));
    }

    @TearDown
    public void tearDown() throws IOException {
        forwarder.close();
        sender.close();
        receiver.close();
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public int forward() throws IOException {
        for (int i = 0; i < BATCH; i++) {
            sender.write(payload.clear());
        }
        int bytes = 0;
        for (int i = 0; i < BATCH; i++) {
            bytes += receiver.read(received.clear());
        }
        return bytes;
    }
}
