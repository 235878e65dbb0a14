package dev.udpfanout.forwarder.worker.epoll;

import dev.udpfanout.forwarder.worker.socket.SocketFlows;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import java.util.concurrent.CompletableFuture;

/** The replies of a worker's flows, as one thing that its event loop watches. */
final class EpollReplies implements EpollIoHandle {
    private final SocketFlows flows;
    private final FileDescriptor descriptor;

    private EpollReplies(SocketFlows flows) {
        this.flows = flows;
        this.descriptor = new FileDescriptor(flows.fd());
    }

    /** Watches until the event loop ends; the future is complete when replies are being read. */
    static CompletableFuture<Void> watch(IoEventLoop loop, SocketFlows flows) {
        CompletableFuture<Void> started = new CompletableFuture<>();
        loop.register(new EpollReplies(flows)).addListener(registered -> {
            if (registered.isSuccess()) {
                ((IoRegistration) registered.getNow()).submit(EpollIoOps.EPOLLIN);
                flows.startSweeping();
                started.complete(null);
            } else {
                started.completeExceptionally(registered.cause());
            }
        });
        return started;
    }

    @Override
    public FileDescriptor fd() {
        return descriptor;
    }

    @Override
    public void handle(IoRegistration ready, IoEvent event) {
        flows.onReadable();
    }

    /** For Netty, at the end of the event loop; the descriptor is closed with the flows. */
    @Override
    public void close() {}
}
