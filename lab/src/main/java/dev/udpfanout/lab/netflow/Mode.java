package dev.udpfanout.lab.netflow;

/** What serves the listener. */
enum Mode {
    KERNEL("kernel", "mode: tc_ebpf"),
    IO_URING("io_uring", "mode: userspace, io: io_uring"),
    EPOLL("epoll", "mode: userspace, io: epoll");

    private final String label;
    private final String keys;

    Mode(String label, String keys) {
        this.label = label;
        this.keys = keys;
    }

    /** For tables and the command line. */
    String label() {
        return label;
    }

    /** Whether datagrams are forwarded while no daemon runs. */
    boolean outlivesDaemon() {
        return this == KERNEL;
    }

    /** The listener's keys, to stand between braces. */
    String yaml() {
        return keys;
    }
}
