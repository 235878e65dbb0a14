package dev.udpfanout.forwarder.config;

/** Which transport a configuration asks for. */
public enum IoChoice {
    /** The first of io_uring, epoll and NIO that this kernel and process allow. */
    AUTO,
    /** io_uring, or an error. */
    IO_URING,
    /** epoll, or an error. */
    EPOLL,
    /** The JDK's channels. */
    NIO
}
