package dev.udpfanout.forwarder.worker.iouring;

import dev.udpfanout.forwarder.socket.MessageFlag;
import dev.udpfanout.forwarder.worker.socket.OutgoingMessages;
import dev.udpfanout.forwarder.worker.socket.SendSubmissions;
import io.netty.channel.uring.IoUringIoOps;

/** The io_uring submissions in use, all made in advance or once. Source: include/uapi/linux/io_uring.h. */
final class RingOps implements SendSubmissions {
    static final byte POLL_ADD = 6;
    static final byte SENDMSG = 9;
    static final byte RECVMSG = 10;
    static final byte ASYNC_CANCEL = 14;
    static final byte PROVIDE_BUFFERS = 31;

    /** On a completion: the upper 16 bits of its flags are a buffer's number. */
    static final int CQE_BUFFER = 1;

    /** On a completion: its submission will complete again. */
    static final int CQE_MORE = 2;

    static final int CQE_BUFFER_SHIFT = 16;

    /** struct io_uring_recvmsg_out: four u32 before the name and the payload. */
    static final int RECEIVED_HEADER_BYTES = 16;

    static final int RECEIVED_PAYLOAD_BYTES_AT = 8;
    static final int RECEIVED_FLAGS_AT = 12;

    /** Tag of the poll for receivers' replies. */
    static final int POLL_REPLIES = 0;

    /** Tag of the poll of the listening socket. */
    static final int POLL_LISTENER = 1;

    /** What a submit call returns once the ring takes nothing any more. */
    static final long NOT_SUBMITTED = 0;

    private static final int POLLIN = 1;
    private static final byte SELECT_BUFFER = 1 << 5;
    private static final short RECEIVE_MULTISHOT = 1 << 1;
    private static final short BUFFER_GROUP = 0;

    private final OutgoingMessages messages;
    private final int slots;

    RingOps(OutgoingMessages messages, int slots) {
        this.messages = messages;
        this.slots = slots;
    }

    @Override
    public int slots() {
        return slots;
    }

    /** Receives until cancelled or out of buffers, one completion a datagram. */
    static IoUringIoOps receiveMany(int fd, long header) {
        return ops(RECVMSG, SELECT_BUFFER, RECEIVE_MULTISHOT, fd, 0, header, 1, 0, 0);
    }

    /** Receives one datagram by the header of a slot, or fails at once; the completion carries the slot. */
    static IoUringIoOps receiveOne(int fd, long header, int slot) {
        return ops(RECVMSG, (byte) 0, (short) 0, fd, 0, header, 1, MessageFlag.DONT_WAIT, slot);
    }

    @Override
    public IoUringIoOps send(int fd, int slot) {
        long header = messages.headerAddress(slot);
        return ops(SENDMSG, (byte) 0, (short) 0, fd, 0, header, 1, MessageFlag.DONT_WAIT, slot);
    }

    /** Completes once, when the descriptor can be read; the completion carries {@code tag}. */
    static IoUringIoOps poll(int fd, int tag) {
        return ops(POLL_ADD, (byte) 0, (short) 0, fd, 0, 0, 0, POLLIN, tag);
    }

    /** Gives the kernel buffers that follow one another in memory; the completion carries {@code tag}. */
    static IoUringIoOps provide(long address, int buffers, int bufferBytes, int firstNumber, int tag) {
        return ops(PROVIDE_BUFFERS, (byte) 0, (short) 0, buffers, firstNumber, address, bufferBytes, 0, tag);
    }

    /** Ends a submission by the number that its submit call returned. */
    static IoUringIoOps cancel(long submission) {
        return ops(ASYNC_CANCEL, (byte) 0, (short) 0, -1, 0, submission, 0, 0, 0);
    }

    private static IoUringIoOps ops(
            byte opcode,
            byte flags,
            short priority,
            int fd,
            long offset,
            long address,
            int length,
            int opFlags,
            long tag) {
        return new IoUringIoOps(
                opcode, flags, priority, fd, offset, address, length, opFlags, tag, BUFFER_GROUP, (short) 0, 0, 0);
    }
}
