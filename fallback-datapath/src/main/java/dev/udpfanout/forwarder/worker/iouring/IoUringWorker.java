package dev.udpfanout.forwarder.worker.iouring;

import dev.udpfanout.forwarder.counter.DropReason;
import dev.udpfanout.forwarder.socket.DatagramSocket;
import dev.udpfanout.forwarder.socket.Errno;
import dev.udpfanout.forwarder.socket.MessageFlag;
import dev.udpfanout.forwarder.socket.MessageHeader;
import dev.udpfanout.forwarder.socket.SocketAddresses;
import dev.udpfanout.forwarder.socket.SocketException;
import dev.udpfanout.forwarder.worker.DatagramBatch;
import dev.udpfanout.forwarder.worker.ReceiveMemory;
import dev.udpfanout.forwarder.worker.WorkerSetup;
import dev.udpfanout.forwarder.worker.socket.BatchSender;
import dev.udpfanout.forwarder.worker.socket.CopySender;
import dev.udpfanout.forwarder.worker.socket.Dispatcher;
import dev.udpfanout.forwarder.worker.socket.Hairpin;
import dev.udpfanout.forwarder.worker.socket.MetricSender;
import dev.udpfanout.forwarder.worker.socket.SocketFlows;
import dev.udpfanout.forwarder.worker.socket.SocketTarget;
import dev.udpfanout.forwarder.worker.socket.SocketWorker;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.channel.uring.IoUringIoOps;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/**
 * Receives with one multishot recvmsg into provided buffers, and sends on the same ring: a batch of datagrams costs one
 * io_uring_enter(2). Completions arrive one by one, so a batch ends when it is full or the event loop turns to its
 * tasks.
 */
public final class IoUringWorker extends SocketWorker implements IoUringIoHandle {
    private static final int BUFFERED_BATCHES = 4;
    private static final int RETRY_AFTER_MS = 10;

    private final ReceiveMemory receive;
    private final ProvidedBuffers buffers;
    private final DatagramBatch batch;
    private final long receiveHeader;
    private final Runnable flush = this::flush;
    private final IntConsumer freeBuffer = this::freeBuffer;
    private final Optional<IoUringIoOps> pollForReplies;
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();
    private IoRegistration ring;
    private RingSender sender;
    private Dispatcher dispatcher;
    private long receiving;
    private long watching;
    private boolean flushScheduled;
    private boolean stopping;
    private long batchBytes;
    private int batchTooLong;

    /** @param socket bound; the worker becomes its owner */
    public IoUringWorker(WorkerSetup setup, DatagramSocket socket) throws SocketException {
        super(setup, socket, SocketAddresses.IPV6_BYTES);
        // The kernel puts one after the other: its own header, the name, the ancillary data, the payload.
        int slotBytes = RingOps.RECEIVED_HEADER_BYTES
                + addresses.bytes()
                + setup.config().maxPacketBytes();
        this.receive = new ReceiveMemory(slots(setup.config().batchSize()), slotBytes, arena);
        this.buffers = new ProvidedBuffers(receive);
        this.batch = new DatagramBatch(receive, setup.config().batchSize());
        MemorySegment header = arena.allocate(MessageHeader.BYTES, MessageHeader.BYTES);
        MessageHeader.write(header, 0, 0, addresses.nameBytes(), 0, 0);
        MessageHeader.control(header, 0, 0, addresses.controlBytes());
        this.receiveHeader = header.address();
        this.pollForReplies = flows.map(mine -> RingOps.poll(mine.fd()));
    }

    /** Receive buffers for a batch size: some batches' worth, as datagrams keep theirs until they have been sent. */
    public static int slots(int batchSize) {
        int wanted = BUFFERED_BATCHES * batchSize;
        return (wanted + ProvidedBuffers.GROUP - 1) / ProvidedBuffers.GROUP * ProvidedBuffers.GROUP;
    }

    @Override
    public CompletableFuture<Void> start() {
        CompletableFuture<Void> started = new CompletableFuture<>();
        loop().register(this).addListener(registered -> {
            if (registered.isSuccess()) {
                ring = (IoRegistration) registered.getNow();
                sender = new RingSender(ring, receive, buffers, setup.config().source(), stats(), arena);
                CopySender copies = new CopySender(setup, addresses, stats(), arena, receive, freeBuffer);
                Hairpin hairpin = new Hairpin(setup.config().source(), stats(), freeBuffer);
                BatchSender cutting = inPieces(sender, freeBuffer, receive);
                dispatcher = new Dispatcher(
                        turns(),
                        cutting,
                        copies,
                        netflow(receive, freeBuffer),
                        new MetricSender(setup, turns(), stats(), arena, receive, freeBuffer),
                        hairpin,
                        receive,
                        setup.config().batchSize());
                buffers.provideAll(ring);
                receive();
                watch();
                flows.ifPresent(SocketFlows::startSweeping);
                started.complete(null);
            } else {
                started.completeExceptionally(registered.cause());
            }
        });
        return started;
    }

    private void receive() {
        if (!stopping && receiving == 0) {
            receiving = ring.submit(RingOps.receive(socket.fd(), receiveHeader));
        }
    }

    /** One poll at a time: it completes at once where something was left to read. */
    private void watch() {
        if (!stopping && pollForReplies.isPresent()) {
            watching = ring.submit(pollForReplies.get());
        }
    }

    private void onReadable(int result) {
        if (result >= 0) {
            flows.orElseThrow().onReadable();
            watch();
        } else if (result != -Errno.ECANCELED) {
            onReceiveError("io_uring poll: " + Errno.text(-result));
            loop().schedule(this::watch, RETRY_AFTER_MS, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public CompletableFuture<Void> stop() {
        loop().execute(() -> {
            if (ring == null) {
                stopped.complete(null);
                return;
            }
            stopping = true;
            flush();
            if (receiving != 0) {
                ring.submit(RingOps.cancel(receiving));
            }
            if (watching != 0) {
                ring.submit(RingOps.cancel(watching));
            }
            ring.cancel();
        });
        return stopped;
    }

    @Override
    public void unregistered() {
        stopped.complete(null);
    }

    @Override
    public void handle(IoRegistration from, IoEvent event) {
        IoUringIoEvent completion = (IoUringIoEvent) event;
        int result = completion.res();
        switch (completion.opcode()) {
            case RingOps.RECVMSG -> onReceived(result, completion.flags());
            case RingOps.SENDMSG -> sender.onSent((int) completion.userData(), result);
            case RingOps.POLL_ADD -> onReadable(result);
            case RingOps.PROVIDE_BUFFERS -> onProvided((int) completion.userData(), result);
            default -> {
                // A cancellation: what it cancelled completes by itself.
            }
        }
    }

    private void onReceived(int result, int flags) {
        if ((flags & RingOps.CQE_BUFFER) != 0) {
            collect(flags >>> RingOps.CQE_BUFFER_SHIFT);
        } else if (result < 0 && result != -Errno.ENOBUFS && result != -Errno.ECANCELED) {
            onReceiveError("io_uring recvmsg: " + Errno.text(-result));
        }
        if ((flags & RingOps.CQE_MORE) == 0) {
            receiving = 0;
            if (result >= 0) {
                receive();
            } else if (result != -Errno.ENOBUFS) {
                loop().schedule(this::receive, RETRY_AFTER_MS, TimeUnit.MILLISECONDS);
            }
        }
    }

    private void collect(int slot) {
        MemorySegment memory = receive.memory();
        long at = receive.at(slot);
        long sourceAt = at + RingOps.RECEIVED_HEADER_BYTES;
        int length = memory.get(ValueLayout.JAVA_INT, at + RingOps.RECEIVED_PAYLOAD_BYTES_AT);
        int messageFlags = memory.get(ValueLayout.JAVA_INT, at + RingOps.RECEIVED_FLAGS_AT);
        batchBytes += length;
        if ((messageFlags & MessageFlag.TRUNCATED) != 0
                || length > setup.config().maxPacketBytes()) {
            batchTooLong++;
            stats().onDropped(DropReason.TOO_LONG, memory, sourceAt, 1, length, null);
            buffers.onFree(ring, slot);
        } else {
            batch.add(slot, sourceAt + addresses.bytes(), length, sourceAt);
        }
        if (batch.isFull()) {
            flush();
        } else if (!flushScheduled) {
            flushScheduled = true;
            loop().execute(flush);
        }
    }

    private void flush() {
        flushScheduled = false;
        if (batch.count() + batchTooLong == 0) {
            return;
        }
        stats().onReceived(batch.count() + batchTooLong, batchBytes);
        batchBytes = 0;
        batchTooLong = 0;
        admission().admit(batch, freeBuffer);
        if (targets.length > 0 && flows.isPresent()) {
            flows.get().forward(batch);
            free();
        } else if (targets.length > 0 && batch.count() > 0) {
            dispatcher.send(batch, targets);
        } else {
            dispatcher.sendToNobody(batch);
            stats().onDropped(DropReason.NO_ENDPOINTS, batch);
            free();
        }
        batch.clear();
    }

    private void free() {
        for (int i = 0; i < batch.count(); i++) {
            freeBuffer(batch.slot(i));
        }
    }

    private void freeBuffer(int slot) {
        buffers.onFree(ring, slot);
    }

    private void onProvided(int group, int result) {
        if (result < 0) {
            onReceiveError("io_uring provide_buffers: " + Errno.text(-result));
            loop().schedule(() -> buffers.provideAgain(ring, group), RETRY_AFTER_MS, TimeUnit.MILLISECONDS);
            return;
        }
        // A receive that ran out of buffers ended; this is what it waits for.
        receive();
    }

    @Override
    protected Dispatcher dispatcher() {
        return dispatcher;
    }

    @Override
    protected boolean isIdle() throws SocketException {
        boolean sent = Arrays.stream(targets).allMatch(SocketTarget::isIdle);
        return sent && batch.count() == 0 && socket.queuedBytes() == 0;
    }

    /** For Netty, at the end of the event loop; the socket is closed by {@link #release()}. */
    @Override
    public void close() {}
}
