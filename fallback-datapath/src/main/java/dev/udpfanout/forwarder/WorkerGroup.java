package dev.udpfanout.forwarder;

import dev.udpfanout.forwarder.config.ForwarderConfig;
import dev.udpfanout.forwarder.counter.DropSamples;
import dev.udpfanout.forwarder.netflow.TemplateJournal;
import dev.udpfanout.forwarder.socket.DatagramSocket;
import dev.udpfanout.forwarder.spread.CopiedDatagrams;
import dev.udpfanout.forwarder.transport.Transport;
import dev.udpfanout.forwarder.transport.TransportChoice;
import dev.udpfanout.forwarder.transport.TransportFailedException;
import dev.udpfanout.forwarder.worker.ReceiveErrorLog;
import dev.udpfanout.forwarder.worker.Worker;
import dev.udpfanout.forwarder.worker.WorkerSetup;
import dev.udpfanout.forwarder.worker.epoll.EpollWorker;
import dev.udpfanout.forwarder.worker.iouring.IoUringWorker;
import dev.udpfanout.forwarder.worker.nio.BoundChannel;
import dev.udpfanout.forwarder.worker.nio.ChannelListeners;
import dev.udpfanout.forwarder.worker.nio.NioWorker;
import dev.udpfanout.forwarder.worker.socket.SocketListeners;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The workers of one forwarder with their event loops and listening sockets: started together, closed together. */
final class WorkerGroup implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Forwarder.class);
    private static final Duration ERROR_LOG_INTERVAL = Duration.ofSeconds(10);
    private static final int STOP_TIMEOUT_MS = 5000;

    private final TransportChoice choice;
    private final DropSamples drops;
    private final String listener;
    private final WorkerThreads threads = new WorkerThreads();
    private final IoEventLoopGroup loops;
    private final List<Worker<?>> workers = new ArrayList<>();
    private final List<AutoCloseable> listeners = new ArrayList<>();
    private final CopiedDatagrams copied = new CopiedDatagrams();
    private Optional<TemplateJournal> templates = Optional.empty();
    private Optional<FlowBudget> flowBudget = Optional.empty();
    private InetSocketAddress localAddress;

    private WorkerGroup(ForwarderConfig config, TransportChoice choice, DropSamples drops, String listener)
            throws TransportFailedException {
        this.choice = choice;
        this.drops = drops;
        this.listener = listener;
        this.loops = EventLoops.create(config, choice.transport(), threads);
    }

    static WorkerGroup start(ForwarderConfig config, TransportChoice choice, DropSamples drops, String listener)
            throws IOException {
        WorkerGroup group = new WorkerGroup(config, choice, drops, listener);
        try {
            group.flowBudget = config.replies().map(limits -> FlowBudget.take(limits, config.workers()));
            group.templates = KeptTemplates.open(config);
            if (choice.transport() == Transport.NIO) {
                group.addNioWorkers(config);
            } else {
                group.addSocketWorkers(config);
            }
            group.startWorkers(config);
            return group;
        } catch (IOException | RuntimeException e) {
            group.close();
            throw e;
        }
    }

    private void addSocketWorkers(ForwarderConfig config) throws IOException {
        SocketListeners.Open opened = SocketListeners.open(config);
        listeners.add(opened);
        localAddress = localAddress(config, opened.address());
        for (DatagramSocket socket : opened.sockets()) {
            WorkerSetup setup = setup(config);
            workers.add(
                    switch (choice.transport()) {
                        case IO_URING -> IoUringWorker.multishot(setup, socket);
                        case IO_URING_SINGLE_SHOT -> IoUringWorker.singleShot(setup, socket);
                        case EPOLL -> new EpollWorker(setup, socket);
                        case NIO -> throw new IllegalStateException("NIO has channels of its own");
                    });
        }
    }

    private void addNioWorkers(ForwarderConfig config) throws IOException {
        ChannelListeners opened = ChannelListeners.open(config);
        listeners.add(opened);
        localAddress = localAddress(config, (InetSocketAddress)
                opened.channels().getFirst().channel().getLocalAddress());
        for (BoundChannel channel : opened.channels()) {
            workers.add(new NioWorker(setup(config), channel));
        }
    }

    /**
     * The address asked for, also where sockets are bound to the wildcard address because there is a range beside it.
     */
    private static InetSocketAddress localAddress(ForwarderConfig config, InetSocketAddress bound) {
        return new InetSocketAddress(config.bind().getAddress(), bound.getPort());
    }

    private WorkerSetup setup(ForwarderConfig config) {
        IoEventLoop loop = loops.next();
        ReceiveErrorLog errorLog =
                new ReceiveErrorLog(LOG, Thread::startVirtualThread, System::nanoTime, ERROR_LOG_INTERVAL);
        Optional<InetSocketAddress> destination =
                config.hasManyAddresses() ? Optional.empty() : Optional.of(localAddress);
        return new WorkerSetup(
                workers.size(),
                loop,
                config,
                errorLog,
                drops,
                listener,
                destination,
                copied,
                templates,
                flowBudget.map(FlowBudget::share));
    }

    private void startWorkers(ForwarderConfig config) throws IOException {
        List<Integer> cpus = config.cpus();
        List<CompletableFuture<Void>> started = new ArrayList<>();
        for (int i = 0; i < workers.size(); i++) {
            if (!cpus.isEmpty()) {
                started.add(workers.get(i).pinTo(cpus.get(i % cpus.size())));
            }
            started.add(workers.get(i).start());
        }
        try {
            CompletableFuture.allOf(started.toArray(CompletableFuture[]::new)).join();
        } catch (CompletionException e) {
            throw new IOException(e.getCause().getMessage(), e.getCause());
        }
    }

    TransportChoice choice() {
        return choice;
    }

    InetSocketAddress localAddress() {
        return localAddress;
    }

    /** Where templates outlive the workers, if they do. */
    Optional<TemplateJournal> templates() {
        return templates;
    }

    List<Worker<?>> workers() {
        return workers;
    }

    /** Whether all workers had nothing left to read or send before the time was up. */
    boolean drain(Duration limit) {
        List<CompletableFuture<Boolean>> drained =
                workers.stream().map(worker -> worker.whenDrained(limit)).toList();
        return drained.stream().map(CompletableFuture::join).reduce(true, Boolean::logicalAnd);
    }

    @Override
    public void close() {
        boolean stopped = stopWorkers();
        loops.shutdownGracefully(0, STOP_TIMEOUT_MS, TimeUnit.MILLISECONDS).syncUninterruptibly();
        boolean ended = threads.join(Duration.ofMillis(STOP_TIMEOUT_MS));
        if (stopped && ended) {
            workers.forEach(Worker::release);
        } else {
            // Memory that the kernel may still write to must not be given to anything else.
            LOG.warn("a worker did not stop within {} ms; its memory stays allocated", STOP_TIMEOUT_MS);
        }
        listeners.forEach(WorkerGroup::closeListener);
        flowBudget.ifPresent(FlowBudget::giveBack);
        templates.ifPresent(TemplateJournal::close);
    }

    private boolean stopWorkers() {
        CompletableFuture<?>[] stopped = workers.stream().map(Worker::stop).toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(stopped)
                .thenApply(nothing -> true)
                .completeOnTimeout(false, STOP_TIMEOUT_MS, TimeUnit.MILLISECONDS)
                .join();
    }

    private static void closeListener(AutoCloseable listener) {
        try {
            listener.close();
        } catch (Exception e) {
            LOG.warn("closing a listening socket: {}", e.getMessage());
        }
    }
}
