package dev.udpfanout.forwarder.worker.socket;

import io.netty.channel.uring.IoUringIoOps;

/** Makes what io_uring is asked to send; a {@link SocketTarget} keeps what was made, since it goes with the target. */
public interface SendSubmissions {
    /** Message slots of the worker. */
    int slots();

    /** Sends the message of a slot, or fails at once; the completion carries the slot. */
    IoUringIoOps send(int fd, int slot);
}
