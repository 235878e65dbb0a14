package dev.udpfanout.forwarder.worker.nio;

import dev.udpfanout.forwarder.counter.DropReason;
import dev.udpfanout.forwarder.flow.FlowKey;
import dev.udpfanout.forwarder.socket.SourceBits;
import dev.udpfanout.forwarder.spread.MetricCuts;
import dev.udpfanout.forwarder.spread.MetricHash;
import dev.udpfanout.forwarder.spread.PayloadHash;
import dev.udpfanout.forwarder.spread.Spread;
import dev.udpfanout.forwarder.worker.TargetCounters;
import dev.udpfanout.forwarder.worker.Worker;
import dev.udpfanout.forwarder.worker.WorkerSetup;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.nio.NioIoHandle;
import io.netty.channel.nio.NioIoOps;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectableChannel;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Receives and sends on the JDK's channels, a datagram at a time. */
public final class NioWorker extends Worker<ChannelTarget> implements NioIoHandle {
    private static final int MAX_BATCHES_A_WAKEUP = 16;
    private static final int MAX_ATTEMPTS = 3;
    private static final int DROPS_TIMEOUT_MS = 1000;

    private final WorkerSetup setup;
    private final BoundChannel bound;
    private final DatagramChannel channel;
    private final ByteBuffer buffer;
    private final MemorySegment memory;
    private final Optional<ChannelFlows> flows;
    private final ChannelCopies copies;
    private final MetricCuts cuts = new MetricCuts();
    private IoRegistration registration;
    private ChannelTarget[] targets = {};

    /** @param bound the worker becomes its owner */
    public NioWorker(WorkerSetup setup, BoundChannel bound) {
        super(setup);
        this.setup = setup;
        this.bound = bound;
        this.channel = bound.channel();
        // One byte more than allowed: the JDK cuts a longer datagram without a word.
        this.buffer = ByteBuffer.allocateDirect(setup.config().maxPacketBytes() + 1);
        this.memory = MemorySegment.ofBuffer(buffer);
        this.copies = new ChannelCopies(setup.copied());
        this.flows = setup.replies()
                .map(limits -> new ChannelFlows(setup, channel, stats(), this::choose, this::onReceiveError));
    }

    private ChannelTarget choose(FlowKey client) {
        return targets[indexOf(client, targets.length)];
    }

    @Override
    public CompletableFuture<Void> start() {
        CompletableFuture<Void> started = new CompletableFuture<>();
        loop().register(this).addListener(registered -> {
            if (registered.isSuccess()) {
                registration = (IoRegistration) registered.getNow();
                registration.submit(NioIoOps.READ);
                flows.ifPresent(ChannelFlows::startSweeping);
                started.complete(null);
            } else {
                started.completeExceptionally(registered.cause());
            }
        });
        return started;
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
        int most = MAX_BATCHES_A_WAKEUP * setup.config().batchSize();
        try {
            for (int i = 0; i < most; i++) {
                InetSocketAddress source = (InetSocketAddress) channel.receive(buffer.clear());
                if (source == null) {
                    return;
                }
                buffer.flip();
                forward(source);
            }
        } catch (IOException e) {
            onReceiveError("receive: " + e.getMessage());
        }
    }

    private void forward(InetSocketAddress source) {
        int bytes = buffer.remaining();
        stats().onReceived(1, bytes);
        if (bytes > setup.config().maxPacketBytes()) {
            stats().onDropped(DropReason.TOO_LONG, source, bytes, null);
        } else if (!admission().admits(source, bytes)) {
            return;
        } else if (targets.length == 0) {
            stats().onDropped(DropReason.NO_ENDPOINTS, source, bytes, null);
        } else if (flows.isPresent()) {
            flows.get().forward(source, buffer);
        } else {
            send(source, bytes);
        }
    }

    private void send(InetSocketAddress source, int bytes) {
        switch (spread()) {
            case Spread.InTurn inTurn -> sendTo(turns().takeTurns(1, targets.length), source, bytes);
            case Spread.Chosen chosen -> sendTo(endpointOf(source, chosen), source, bytes);
            case PayloadHash hash -> sendTo(endpointOf(source, hash, bytes), source, bytes);
            case MetricHash hash -> sendMetrics(source, hash, bytes);
            case Spread.ToAll toAll -> sendCopies(source, bytes);
            case Spread.Netflow netflow -> throw new IllegalStateException("NIO keeps no exporter's address");
        }
    }

    private void sendTo(int endpoint, InetSocketAddress source, int bytes) {
        send(targets[endpoint], source, bytes, DropReason.SEND_QUEUE_FULL, DropReason.SEND_FAILED);
    }

    private void sendMetrics(InetSocketAddress source, MetricHash hash, int bytes) {
        cuts.of(hash, memory, 0, bytes);
        for (int pieces = 0; cuts.next(); pieces++) {
            if (pieces > 0) {
                stats().onReceived(1, 0);
            }
            buffer.limit(cuts.begin() + cuts.length()).position(cuts.begin());
            int endpoint = cuts.endpoint();
            sendTo(
                    endpoint == MetricHash.NO_NAME ? turns().takeTurns(1, targets.length) : endpoint,
                    source,
                    cuts.length());
        }
    }

    private void sendCopies(InetSocketAddress source, int bytes) {
        if (copies.isReturnElseNote(source.getAddress(), buffer)) {
            stats().onDropped(DropReason.LOOP, source, bytes, null);
            return;
        }
        int further = targets.length - 1;
        stats().onReceived(further, (long) further * bytes);
        for (ChannelTarget target : targets) {
            buffer.rewind();
            send(target, source, bytes, DropReason.COPY_FAILED, DropReason.COPY_FAILED);
        }
    }

    private static int endpointOf(InetSocketAddress source, Spread.Chosen chosen) {
        if (!chosen.readsSources()) {
            return chosen.endpoint(0, 0, 0);
        }
        InetAddress address = source.getAddress();
        return chosen.endpoint(SourceBits.high(address), SourceBits.low(address), source.getPort());
    }

    private int endpointOf(InetSocketAddress source, PayloadHash hash, int bytes) {
        boolean readsSources = hash.readsSources();
        InetAddress address = source.getAddress();
        int endpoint = hash.endpoint(
                readsSources ? SourceBits.high(address) : 0,
                readsSources ? SourceBits.low(address) : 0,
                memory,
                0,
                bytes);
        return endpoint == PayloadHash.IN_TURN ? turns().takeTurns(1, targets.length) : endpoint;
    }

    private void send(
            ChannelTarget target, InetSocketAddress source, int bytes, DropReason whenFull, DropReason whenRefused) {
        int begin = buffer.position();
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            try {
                if (target.send(buffer)) {
                    stats().onForwarded(target, 1, bytes);
                } else {
                    stats().onDropped(whenFull, source, bytes, target);
                }
                return;
            } catch (PortUnreachableException e) {
                // An earlier datagram's error; this one was not sent.
                stats().onUnreachable(target);
                buffer.position(begin);
            } catch (IOException e) {
                break;
            }
        }
        stats().onDropped(whenRefused, source, bytes, target);
    }

    @Override
    public SelectableChannel selectableChannel() {
        return channel;
    }

    /** Read on the worker's thread, which is in the socket's network namespace. */
    @Override
    public int kernelDrops() throws IOException {
        CompletableFuture<Integer> drops = new CompletableFuture<>();
        loop().execute(() -> {
            try {
                drops.complete(bound.drops());
            } catch (IOException e) {
                drops.completeExceptionally(e);
            }
        });
        try {
            return drops.get(DROPS_TIMEOUT_MS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("the kernel's drop count is not to be had", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    protected boolean isIdle() throws IOException {
        return bound.queuedBytes() == 0;
    }

    @Override
    protected ChannelTarget open(InetSocketAddress endpoint, TargetCounters counters) throws IOException {
        return ChannelTarget.open(endpoint, counters);
    }

    @Override
    protected void use(List<ChannelTarget> next) {
        targets = next.toArray(ChannelTarget[]::new);
        if (spread() instanceof Spread.ToAll) {
            copies.use(next);
        }
        flows.ifPresent(mine -> mine.use(next));
    }

    @Override
    public void release() {
        super.release();
        flows.ifPresent(ChannelFlows::closeAll);
        try {
            channel.close();
        } catch (IOException e) {
            onReceiveError("close: " + e.getMessage());
        }
    }

    /** For Netty, at the end of the event loop; the channel is closed by {@link #release()}. */
    @Override
    public void close() {}
}
