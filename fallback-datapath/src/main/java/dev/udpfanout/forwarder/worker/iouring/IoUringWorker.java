package dev.udpfanout.forwarder.worker.iouring;

import dev.udpfanout.forwarder.counter.DropReason;
import dev.udpfanout.forwarder.socket.DatagramSocket;
import dev.udpfanout.forwarder.socket.Errno;
import dev.udpfanout.forwarder.socket.SocketAddresses;
import dev.udpfanout.forwarder.socket.SocketException;
import dev.udpfanout.forwarder.worker.DatagramBatch;
import dev.udpfanout.forwarder.worker.ReceiveMemory;
import dev.udpfanout.forwarder.worker.WorkerSetup;
import dev.udpfanout.forwarder.worker.receive.ReceiveHeaders;
import dev.udpfanout.forwarder.worker.receive.ReceivedAddresses;
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
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/**
 * Receives and sends on one ring: a batch of datagrams costs one io_uring_enter(2). A batch ends when it is full or its
 * {@link Receiver} has no more for now.
 */
public final class IoUringWorker extends SocketWorker implements IoUringIoHandle {
    static final int RETRY_AFTER_MS = 10;

    private static final int BUFFERED_BATCHES = 4;

    private final Receiver receiver;
    private final ReceiveMemory receive;
    private final DatagramBatch batch;
    private final IntConsumer freeSlot;
    private final Optional<IoUringIoOps> pollForReplies;
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();
    private IoRegistration ring;
    private RingSender sender;
    private Dispatcher dispatcher;
    private long watching;
    private boolean stopping;
    private long batchBytes;
    private int batchTooLong;

    private IoUringWorker(WorkerSetup setup, DatagramSocket socket, int controlOffset, ReceiverChoice choice)
            throws SocketException {
        super(setup, socket, controlOffset);
        this.receiver = choice.make(setup, socket, addresses, new Received(), arena);
        this.receive = receiver.memory();
        this.batch = new DatagramBatch(receive, setup.config().batchSize());
        this.freeSlot = receiver::onFree;
        this.pollForReplies = flows.map(mine -> RingOps.poll(mine.fd(), RingOps.POLL_REPLIES));
    }

    /** Receives with one multishot recvmsg: Linux 6.0. @param socket bound; the worker becomes its owner */
    public static IoUringWorker multishot(WorkerSetup setup, DatagramSocket socket) throws SocketException {
        return new IoUringWorker(setup, socket, SocketAddresses.IPV6_BYTES, MultishotReceiver::new);
    }

    /** Receives with a recvmsg a datagram. @param socket bound; the worker becomes its owner */
    public static IoUringWorker singleShot(WorkerSetup setup, DatagramSocket socket) throws SocketException {
        return new IoUringWorker(setup, socket, ReceiveHeaders.NAME_BYTES, SingleShotReceiver::new);
    }

    /** Which receiver. */
    private interface ReceiverChoice {
        Receiver make(
                WorkerSetup setup,
                DatagramSocket socket,
                ReceivedAddresses addresses,
                Receiver.Listener listener,
                Arena arena);
    }

    /** Receive slots for a batch size: some batches' worth, as datagrams keep theirs until they have been sent. */
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
                sender = new RingSender(ring, receive, freeSlot, setup.config().source(), stats(), arena);
                CopySender copies = new CopySender(setup, addresses, stats(), arena, receive, freeSlot);
                Hairpin hairpin = new Hairpin(setup.config().source(), stats(), freeSlot);
                BatchSender cutting = inPieces(sender, freeSlot, receive);
                dispatcher = new Dispatcher(
                        turns(),
                        cutting,
                        copies,
                        netflow(receive, freeSlot),
                        new MetricSender(setup, turns(), stats(), arena, receive, freeSlot),
                        hairpin,
                        receive,
                        setup.config().batchSize());
                receiver.start(ring);
                watch();
                flows.ifPresent(SocketFlows::startSweeping);
                started.complete(null);
            } else {
                started.completeExceptionally(registered.cause());
            }
        });
        return started;
    }

    /** One poll at a time: it completes at once where something was left to read. */
    private void watch() {
        if (!stopping && pollForReplies.isPresent()) {
            watching = ring.submit(pollForReplies.get());
        }
    }

    private void onReplies(int result) {
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
            receiver.stop();
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
        switch (completion.opcode()) {
            case RingOps.SENDMSG -> sender.onSent((int) completion.userData(), completion.res());
            case RingOps.POLL_ADD -> {
                if (completion.userData() == RingOps.POLL_REPLIES) {
                    onReplies(completion.res());
                } else {
                    receiver.onCompleted(completion);
                }
            }
            case RingOps.ASYNC_CANCEL -> {
                // What it cancelled completes by itself.
            }
            default -> receiver.onCompleted(completion);
        }
    }

    /** Gathers what has been received. */
    private final class Received implements Receiver.Listener {
        @Override
        public void onDatagram(int slot, long payloadAt, int length, long sourceAt, boolean isTooLong) {
            batchBytes += length;
            if (isTooLong) {
                batchTooLong++;
                stats().onDropped(DropReason.TOO_LONG, receive.memory(), sourceAt, 1, length, null);
                receiver.onFree(slot);
            } else {
                batch.add(slot, payloadAt, length, sourceAt);
            }
            if (batch.isFull()) {
                flush();
            }
        }

        @Override
        public void onPause() {
            flush();
        }

        @Override
        public void onReceiveError(String error) {
            IoUringWorker.this.onReceiveError(error);
        }
    }

    private void flush() {
        if (batch.count() + batchTooLong == 0) {
            return;
        }
        stats().onReceived(batch.count() + batchTooLong, batchBytes);
        batchBytes = 0;
        batchTooLong = 0;
        admission().admit(batch, freeSlot);
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
            receiver.onFree(batch.slot(i));
        }
    }

    @Override
    protected Dispatcher dispatcher() {
        return dispatcher;
    }

    @Override
    protected boolean isIdle() throws SocketException {
        boolean sent = Arrays.stream(targets).allMatch(SocketTarget::isIdle);
        return sent && batch.count() == 0 && receiver.isIdle() && socket.queuedBytes() == 0;
    }

    /** For Netty, at the end of the event loop; the socket is closed by {@link #release()}. */
    @Override
    public void close() {}
}
