package dev.udpfanout.forwarder;

import dev.udpfanout.forwarder.config.ForwarderConfig;
import dev.udpfanout.forwarder.transport.Transport;
import dev.udpfanout.forwarder.transport.TransportFailedException;
import dev.udpfanout.forwarder.worker.iouring.IoUringWorker;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringIoHandlerConfig;

/** Netty's event loops, a thread a worker. */
final class EventLoops {
    private EventLoops() {}

    /** One loop a worker. */
    static IoEventLoopGroup create(ForwarderConfig config, Transport transport, WorkerThreads threads)
            throws TransportFailedException {
        try {
            return new MultiThreadIoEventLoopGroup(config.workers(), threads, handlers(config, transport));
        } catch (IllegalStateException e) {
            // Netty's wrapper says only that a child was not made; its cause names the system call.
            throw new TransportFailedException(transport, e.getCause() == null ? e : e.getCause());
        }
    }

    private static IoHandlerFactory handlers(ForwarderConfig config, Transport transport) {
        return switch (transport) {
            case IO_URING, IO_URING_SINGLE_SHOT -> IoUringIoHandler.newFactory(ringConfig(config.batchSize()));
            case EPOLL -> EpollIoHandler.newFactory();
            case NIO -> NioIoHandler.newFactory();
        };
    }

    /** Room for all that can be under way: a receive and a send for each buffer, and the buffers' return. */
    private static IoUringIoHandlerConfig ringConfig(int batchSize) {
        int entries = Integer.highestOneBit(2 * IoUringWorker.slots(batchSize) - 1) << 1;
        return new IoUringIoHandlerConfig().setRingSize(entries).setCqSize(2 * entries);
    }
}
