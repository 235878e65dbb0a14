package dev.udpfanout.forwarder.worker.socket;

import dev.udpfanout.forwarder.socket.Errno;

/** What to make of a failed send. Source: send(2), udp(7). */
public enum SendFailure {
    /** An ICMP error of an earlier datagram came out; this one was not sent and may be tried again. */
    UNREACHABLE,
    /** The send would have had to wait. */
    QUEUE_FULL,
    /** Perhaps only the joining of datagrams was refused. */
    SEGMENTATION,
    /** Anything else. */
    OTHER;

    public static SendFailure of(int errno, boolean segmented) {
        return switch (errno) {
            case Errno.ECONNREFUSED -> UNREACHABLE;
            case Errno.EAGAIN, Errno.ENOBUFS -> QUEUE_FULL;
            case Errno.EINVAL, Errno.EIO, Errno.EMSGSIZE -> segmented ? SEGMENTATION : OTHER;
            default -> OTHER;
        };
    }
}
