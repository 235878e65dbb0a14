package dev.udpfanout.forwarder.worker.iouring;

import dev.udpfanout.forwarder.socket.DatagramSocket;
import dev.udpfanout.forwarder.socket.Errno;
import dev.udpfanout.forwarder.socket.MessageFlag;
import dev.udpfanout.forwarder.socket.MessageHeader;
import dev.udpfanout.forwarder.worker.ReceiveMemory;
import dev.udpfanout.forwarder.worker.WorkerSetup;
import dev.udpfanout.forwarder.worker.receive.ReceivedAddresses;
import io.netty.channel.IoRegistration;
import io.netty.channel.uring.IoUringIoEvent;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.TimeUnit;

/**
 * One multishot recvmsg into provided buffers (Linux 6.0): it completes once a datagram, until there are no buffers.
 * Completions come one by one, so a pause is when the event loop turns to its tasks.
 */
final class MultishotReceiver implements Receiver {
    private final WorkerSetup setup;
    private final DatagramSocket socket;
    private final ReceivedAddresses addresses;
    private final Listener listener;
    private final ReceiveMemory receive;
    private final ProvidedBuffers buffers;
    private final long header;
    private final Runnable pause = this::pause;
    private IoRegistration ring;
    private long receiving;
    private boolean pauseScheduled;
    private boolean stopping;

    MultishotReceiver(
            WorkerSetup setup, DatagramSocket socket, ReceivedAddresses addresses, Listener listener, Arena arena) {
        this.setup = setup;
        this.socket = socket;
        this.addresses = addresses;
        this.listener = listener;
        // The kernel puts one after the other: its own header, the name, the ancillary data, the payload.
        int slotBytes = RingOps.RECEIVED_HEADER_BYTES
                + addresses.bytes()
                + setup.config().maxPacketBytes();
        this.receive = new ReceiveMemory(IoUringWorker.slots(setup.config().batchSize()), slotBytes, arena);
        this.buffers = new ProvidedBuffers(receive);
        MemorySegment message = arena.allocate(MessageHeader.BYTES, MessageHeader.BYTES);
        MessageHeader.write(message, 0, 0, addresses.nameBytes(), 0, 0);
        MessageHeader.control(message, 0, 0, addresses.controlBytes());
        this.header = message.address();
    }

    @Override
    public ReceiveMemory memory() {
        return receive;
    }

    @Override
    public void start(IoRegistration on) {
        ring = on;
        buffers.provideAll(ring);
        receive();
    }

    private void receive() {
        if (!stopping && receiving == 0) {
            receiving = ring.submit(RingOps.receiveMany(socket.fd(), header));
        }
    }

    @Override
    public void onCompleted(IoUringIoEvent completion) {
        if (completion.opcode() == RingOps.PROVIDE_BUFFERS) {
            onProvided((int) completion.userData(), completion.res());
        } else {
            onReceived(completion.res(), completion.flags());
        }
    }

    private void onReceived(int result, int flags) {
        if ((flags & RingOps.CQE_BUFFER) != 0) {
            collect(flags >>> RingOps.CQE_BUFFER_SHIFT);
        } else if (result < 0 && result != -Errno.ENOBUFS && result != -Errno.ECANCELED) {
            listener.onReceiveError("io_uring recvmsg: " + Errno.text(-result));
        }
        if ((flags & RingOps.CQE_MORE) == 0) {
            receiving = 0;
            if (result >= 0) {
                receive();
            } else if (result != -Errno.ENOBUFS) {
                setup.loop().schedule(this::receive, IoUringWorker.RETRY_AFTER_MS, TimeUnit.MILLISECONDS);
            }
        }
    }

    private void collect(int slot) {
        MemorySegment memory = receive.memory();
        long at = receive.at(slot);
        long sourceAt = at + RingOps.RECEIVED_HEADER_BYTES;
        int length = memory.get(ValueLayout.JAVA_INT, at + RingOps.RECEIVED_PAYLOAD_BYTES_AT);
        int messageFlags = memory.get(ValueLayout.JAVA_INT, at + RingOps.RECEIVED_FLAGS_AT);
        boolean isTooLong = (messageFlags & MessageFlag.TRUNCATED) != 0
                || length > setup.config().maxPacketBytes();
        if (!pauseScheduled) {
            pauseScheduled = true;
            setup.loop().execute(pause);
        }
        listener.onDatagram(slot, sourceAt + addresses.bytes(), length, sourceAt, isTooLong);
    }

    private void pause() {
        pauseScheduled = false;
        listener.onPause();
    }

    private void onProvided(int group, int result) {
        if (result < 0) {
            listener.onReceiveError("io_uring provide_buffers: " + Errno.text(-result));
            setup.loop()
                    .schedule(
                            () -> buffers.provideAgain(ring, group),
                            IoUringWorker.RETRY_AFTER_MS,
                            TimeUnit.MILLISECONDS);
            return;
        }
        // A receive that ran out of buffers ended; this is what it waits for.
        receive();
    }

    @Override
    public void onFree(int slot) {
        buffers.onFree(ring, slot);
    }

    @Override
    public void stop() {
        stopping = true;
        if (receiving != 0) {
            ring.submit(RingOps.cancel(receiving));
        }
    }

    @Override
    public boolean isIdle() {
        return true;
    }
}
