package dev.udpfanout.forwarder.worker.epoll;

import dev.udpfanout.forwarder.config.SourceAddress;
import dev.udpfanout.forwarder.counter.DropReason;
import dev.udpfanout.forwarder.socket.DatagramSocket;
import dev.udpfanout.forwarder.socket.Errno;
import dev.udpfanout.forwarder.socket.LibC;
import dev.udpfanout.forwarder.socket.MessageFlag;
import dev.udpfanout.forwarder.socket.SocketException;
import dev.udpfanout.forwarder.worker.DatagramBatch;
import dev.udpfanout.forwarder.worker.ReceiveMemory;
import dev.udpfanout.forwarder.worker.WorkerSetup;
import dev.udpfanout.forwarder.worker.receive.ReceiveHeaders;
import dev.udpfanout.forwarder.worker.socket.CopySender;
import dev.udpfanout.forwarder.worker.socket.Dispatcher;
import dev.udpfanout.forwarder.worker.socket.Hairpin;
import dev.udpfanout.forwarder.worker.socket.MetricSender;
import dev.udpfanout.forwarder.worker.socket.SocketWorker;
import dev.udpfanout.forwarder.worker.socket.SyscallSender;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;

/** Reads batches with recvmmsg(2) when epoll says so, and sends each with sendmmsg(2). */
public final class EpollWorker extends SocketWorker implements EpollIoHandle {
    /** Batches read before the event loop may run its tasks, a table change among them. */
    private static final int MAX_BATCHES_A_WAKEUP = 16;

    /** A batch has been sent before the next one is read into the same memory. */
    private static final IntConsumer NOTHING_TO_FREE = slot -> {};

    private final FileDescriptor descriptor;
    private final ReceiveMemory receive;
    private final ReceiveHeaders headers;
    private final MemorySegment errno;
    private final DatagramBatch batch;
    private final Dispatcher dispatcher;
    private IoRegistration registration;

    /** @param socket bound; the worker becomes its owner */
    public EpollWorker(WorkerSetup setup, DatagramSocket socket) throws SocketException {
        super(setup, socket, ReceiveHeaders.NAME_BYTES);
        this.descriptor = new FileDescriptor(socket.fd());
        int batchSize = setup.config().batchSize();
        SourceAddress source = setup.config().source();
        int maxPacketBytes = setup.config().maxPacketBytes();
        this.receive = new ReceiveMemory(batchSize, ReceiveHeaders.payloadOffset(addresses) + maxPacketBytes, arena);
        this.headers = new ReceiveHeaders(receive, addresses, maxPacketBytes, arena);
        this.errno = arena.allocate(LibC.ERRNO_STATE);
        this.batch = new DatagramBatch(receive, batchSize);
        this.dispatcher = new Dispatcher(
                turns(),
                inPieces(new SyscallSender(batchSize, source, stats(), arena), NOTHING_TO_FREE, receive),
                new CopySender(setup, addresses, stats(), arena, receive, NOTHING_TO_FREE),
                netflow(receive, NOTHING_TO_FREE),
                new MetricSender(setup, turns(), stats(), arena, receive, NOTHING_TO_FREE),
                new Hairpin(source, stats(), NOTHING_TO_FREE),
                receive,
                batchSize);
    }

    @Override
    public CompletableFuture<Void> start() {
        CompletableFuture<Void> started = new CompletableFuture<>();
        loop().register(this).addListener(registered -> {
            if (registered.isSuccess()) {
                registration = (IoRegistration) registered.getNow();
                registration.submit(EpollIoOps.EPOLLIN);
                started.complete(null);
            } else {
                started.completeExceptionally(registered.cause());
            }
        });
        return flows.map(mine -> started.thenCombine(EpollReplies.watch(loop(), mine), (one, other) -> one))
                .orElse(started);
    }

    @Override
    public CompletableFuture<Void> stop() {
        CompletableFuture<Void> stopped = new CompletableFuture<>();
        loop().execute(() -> {
            if (registration != null) {
                registration.cancel();
            }
            stopped.complete(null);
        });
        return stopped;
    }

    @Override
    public void handle(IoRegistration ready, IoEvent event) {
        for (int i = 0; i < MAX_BATCHES_A_WAKEUP; i++) {
            int wanted = receive.slots();
            int count = LibC.recvmmsg(errno, socket.fd(), headers.memory(), wanted, MessageFlag.DONT_WAIT);
            if (count < 0) {
                if (count != -Errno.EAGAIN) {
                    onReceiveError("recvmmsg: " + Errno.text(-count));
                }
                return;
            }
            collect(count);
            forward();
            if (count < wanted) {
                return;
            }
        }
    }

    private void collect(int count) {
        long bytes = 0;
        batch.clear();
        for (int i = 0; i < count; i++) {
            int length = headers.length(i);
            bytes += length;
            if (headers.isTruncated(i)) {
                stats().onDropped(DropReason.TOO_LONG, receive.memory(), receive.at(i), 1, length, null);
            } else {
                batch.add(i, headers.payloadAt(i), length, receive.at(i));
            }
            headers.makeRoom(i);
        }
        stats().onReceived(count, bytes);
    }

    private void forward() {
        admission().admit(batch, NOTHING_TO_FREE);
        if (targets.length == 0) {
            dispatcher.sendToNobody(batch);
            stats().onDropped(DropReason.NO_ENDPOINTS, batch);
        } else if (flows.isPresent()) {
            flows.get().forward(batch);
        } else if (batch.count() > 0) {
            dispatcher.send(batch, targets);
        }
    }

    @Override
    public FileDescriptor fd() {
        return descriptor;
    }

    @Override
    protected Dispatcher dispatcher() {
        return dispatcher;
    }

    @Override
    protected boolean isIdle() throws SocketException {
        return socket.queuedBytes() == 0;
    }

    /** For Netty, at the end of the event loop; the socket is closed by {@link #release()}. */
    @Override
    public void close() {}
}
