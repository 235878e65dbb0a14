package dev.udpfanout.forwarder.transport;

import java.util.Locale;

/** How datagrams get from and to the kernel, in order of preference. */
public enum Transport {
    /** A multishot receive into provided buffers; sends queued on the same ring. */
    IO_URING,
    /** A receive a datagram, in rounds; sends queued on the same ring. For kernels without multishot receive. */
    IO_URING_SINGLE_SHOT,
    /** epoll_wait, recvmmsg and sendmmsg. */
    EPOLL,
    /** The JDK's selector and datagram channels: one system call a datagram, no native code of ours. */
    NIO;

    /** The transport as configuration and logs have it, such as {@code io_uring}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
