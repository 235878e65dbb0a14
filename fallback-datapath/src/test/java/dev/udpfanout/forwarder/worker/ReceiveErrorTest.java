package dev.udpfanout.forwarder.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.udpfanout.forwarder.Await;
import dev.udpfanout.forwarder.Peer;
import dev.udpfanout.forwarder.config.ForwarderConfig;
import dev.udpfanout.forwarder.counter.DropSamples;
import dev.udpfanout.forwarder.socket.DatagramSocket;
import dev.udpfanout.forwarder.socket.LibC;
import dev.udpfanout.forwarder.socket.MessageHeader;
import dev.udpfanout.forwarder.spread.CopiedDatagrams;
import dev.udpfanout.forwarder.worker.epoll.EpollWorker;
import dev.udpfanout.forwarder.worker.iouring.IoUringWorker;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.uring.IoUringIoHandler;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A receive call that fails is counted, and the worker goes on. */
@Tag("unit")
class ReceiveErrorTest {
    @Test
    void shouldSurviveAReceiveErrorOnEpoll() throws IOException {
        check(EpollIoHandler.newFactory(), EpollWorker::new);
    }

    @Test
    void shouldSurviveAReceiveErrorOnIoUring() throws IOException {
        check(IoUringIoHandler.newFactory(), IoUringWorker::multishot);
    }

    @Test
    void shouldSurviveAReceiveErrorOnIoUringWithoutMultishot() throws IOException {
        check(IoUringIoHandler.newFactory(), IoUringWorker::singleShot);
    }

    private interface Maker {
        Worker<?> make(WorkerSetup setup, DatagramSocket socket) throws IOException;
    }

    private static void check(IoHandlerFactory handlers, Maker maker) throws IOException {
        InetSocketAddress loopback = new InetSocketAddress("127.0.0.1", 0);
        InetSocketAddress peerAddress;
        try (Peer peer = Peer.on(loopback)) {
            peerAddress = peer.address();
        }
        // Connected to a port that is closed for the moment: what it sends comes back as an error of its receive call.
        DatagramSocket socket = DatagramSocket.openUdp(loopback.getAddress());
        socket.bind(loopback);
        socket.connect(peerAddress);
        IoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, handlers);
        ReceiveErrorLog log = new ReceiveErrorLog(
                LoggerFactory.getLogger(ReceiveErrorTest.class), report -> {}, System::nanoTime, Duration.ofDays(1));
        Worker<?> worker = maker.make(
                new WorkerSetup(
                        0,
                        loops.next(),
                        ForwarderConfig.forAddress(loopback),
                        log,
                        new DropSamples(),
                        "listener",
                        Optional.empty(),
                        new CopiedDatagrams(),
                        Optional.empty(),
                        Optional.empty()),
                socket);
        Await.done(worker.start());
        sendEmptyDatagram(socket);
        Await.until("an error", () -> worker.stats().receiveErrors() == 1);
        try (Peer peer = Peer.on(peerAddress)) {
            peer.send(new byte[10], socket.localAddress());
            Await.until("a datagram", () -> worker.stats().received() == 1);
        }
        assertEquals(1, worker.stats().receiveErrors());
        Await.done(worker.stop());
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        worker.release();
    }

    private static void sendEmptyDatagram(DatagramSocket socket) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment header = arena.allocate(MessageHeader.BYTES, MessageHeader.BYTES);
            MessageHeader.write(header, 0, 0, 0, 0, 0);
            assertEquals(1, LibC.sendmmsg(arena.allocate(LibC.ERRNO_STATE), socket.fd(), header, 1, 0));
        }
    }
}
