package dev.udpfanout.forwarder.worker.iouring;

import dev.udpfanout.forwarder.socket.DatagramSocket;
import dev.udpfanout.forwarder.socket.Errno;
import dev.udpfanout.forwarder.worker.ReceiveMemory;
import dev.udpfanout.forwarder.worker.WorkerSetup;
import dev.udpfanout.forwarder.worker.receive.ReceiveHeaders;
import dev.udpfanout.forwarder.worker.receive.ReceivedAddresses;
import io.netty.channel.IoRegistration;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoOps;
import java.lang.foreign.Arena;
import java.util.concurrent.TimeUnit;

/**
 * Rounds of recvmsg, a submission a datagram, for kernels without multishot receive. A poll says that there is
 * something to read; then round follows round, until one finds the socket empty.
 *
 * <p>Each receive fails at once where nothing is left (MSG_DONTWAIT). A receive that waited would be handed to a thread
 * of the kernel where it is woken and another has taken the datagram (io_arm_poll_handler of Linux 5.10), and all that
 * wait are woken by each datagram.
 */
final class SingleShotReceiver implements Receiver {
    /** Rounds in a row before the event loop may run its tasks, a table change among them. */
    private static final int MAX_ROUNDS_A_TURN = 16;

    private final WorkerSetup setup;
    private final DatagramSocket socket;
    private final Listener listener;
    private final ReceiveMemory receive;
    private final ReceiveHeaders headers;
    private final IoUringIoOps poll;
    private final IoUringIoOps[] receives;
    private final int batchSize;
    private final int[] free;
    private final Runnable nextRound = this::receive;
    private int freeCount;
    private IoRegistration ring;
    private long watching;
    private int wanted = 1;
    private int asked;
    private int underWay;
    private int received;
    private int rounds;
    private boolean failed;
    private boolean waitsForSlot;
    private boolean stopping;

    SingleShotReceiver(
            WorkerSetup setup, DatagramSocket socket, ReceivedAddresses addresses, Listener listener, Arena arena) {
        this.setup = setup;
        this.socket = socket;
        this.listener = listener;
        this.batchSize = setup.config().batchSize();
        int slots = IoUringWorker.slots(batchSize);
        int maxPacketBytes = setup.config().maxPacketBytes();
        this.receive = new ReceiveMemory(slots, ReceiveHeaders.payloadOffset(addresses) + maxPacketBytes, arena);
        this.headers = new ReceiveHeaders(receive, addresses, maxPacketBytes, arena);
        this.poll = RingOps.poll(socket.fd(), RingOps.POLL_LISTENER);
        this.receives = new IoUringIoOps[slots];
        this.free = new int[slots];
        for (int slot = 0; slot < slots; slot++) {
            receives[slot] = RingOps.receiveOne(socket.fd(), headers.address(slot), slot);
            free[freeCount++] = slot;
        }
    }

    @Override
    public ReceiveMemory memory() {
        return receive;
    }

    @Override
    public void start(IoRegistration on) {
        ring = on;
        watch();
    }

    private void watch() {
        if (!stopping) {
            rounds = 0;
            watching = ring.submit(poll);
        }
    }

    private void receive() {
        if (stopping) {
            return;
        }
        asked = Math.min(wanted, freeCount);
        waitsForSlot = asked == 0;
        underWay = asked;
        received = 0;
        failed = false;
        for (int i = 0; i < asked; i++) {
            int slot = free[--freeCount];
            headers.makeRoom(slot);
            ring.submit(receives[slot]);
        }
    }

    @Override
    public void onCompleted(IoUringIoEvent completion) {
        if (completion.opcode() == RingOps.POLL_ADD) {
            onReadable(completion.res());
        } else {
            onReceived((int) completion.userData(), completion.res());
        }
    }

    private void onReadable(int result) {
        watching = 0;
        if (result >= 0) {
            receive();
        } else if (result != -Errno.ECANCELED) {
            listener.onReceiveError("io_uring poll: " + Errno.text(-result));
            setup.loop().schedule(this::watch, IoUringWorker.RETRY_AFTER_MS, TimeUnit.MILLISECONDS);
        }
    }

    private void onReceived(int slot, int result) {
        underWay--;
        if (result >= 0) {
            received++;
            listener.onDatagram(slot, headers.payloadAt(slot), result, receive.at(slot), headers.isTruncated(slot));
        } else {
            free[freeCount++] = slot;
            if (result != -Errno.EAGAIN && result != -Errno.ECANCELED) {
                failed = true;
                listener.onReceiveError("io_uring recvmsg: " + Errno.text(-result));
            }
        }
        if (underWay == 0) {
            onRoundEnd();
        }
    }

    private void onRoundEnd() {
        boolean isEmpty = received < asked;
        // As many as there may be: what is asked for in vain costs a submission.
        wanted = isEmpty ? Math.min(received + 1, batchSize) : Math.min(2 * wanted, batchSize);
        listener.onPause();
        if (failed) {
            setup.loop().schedule(nextRound, IoUringWorker.RETRY_AFTER_MS, TimeUnit.MILLISECONDS);
        } else if (isEmpty) {
            watch();
        } else if (++rounds < MAX_ROUNDS_A_TURN) {
            receive();
        } else {
            rounds = 0;
            setup.loop().execute(nextRound);
        }
    }

    @Override
    public void onFree(int slot) {
        free[freeCount++] = slot;
        if (waitsForSlot) {
            waitsForSlot = false;
            receive();
        }
    }

    @Override
    public void stop() {
        stopping = true;
        if (watching != 0) {
            ring.submit(RingOps.cancel(watching));
        }
    }

    @Override
    public boolean isIdle() {
        return underWay == 0;
    }
}
