package dev.udpfanout.bindings.icmp;

import static dev.udpfanout.bindings.generated.libc.Libc.SOCK_DGRAM;
import static dev.udpfanout.bindings.generated.libc.Libc.SOCK_RAW;

/** The two kinds of socket that can send echo requests: icmp(7). */
public enum SocketKind {
    /**
     * Needs no capability, but a group of the process in {@code net.ipv4.ping_group_range}. The kernel sets the
     * identifier, and hands over only this socket's replies.
     */
    DATAGRAM(SOCK_DGRAM(), "needs a group in net.ipv4.ping_group_range"),
    /** Needs CAP_NET_RAW, and sees the ICMP messages of everybody in the network namespace. */
    RAW(SOCK_RAW(), "needs CAP_NET_RAW");

    private final int type;
    private final String need;

    SocketKind(int type, String need) {
        this.type = type;
        this.need = need;
    }

    int type() {
        return type;
    }

    String need() {
        return need;
    }
}
