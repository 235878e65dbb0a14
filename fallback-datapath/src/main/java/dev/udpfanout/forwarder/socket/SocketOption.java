package dev.udpfanout.forwarder.socket;

/**
 * A socket option by its level and number.
 *
 * @param level the protocol level, such as SOL_SOCKET
 * @param number the option's number within the level
 * @param name the C name, for error messages
 */
public record SocketOption(int level, int number, String name) {
    private static final int SOL_IP = 0;
    private static final int SOL_SOCKET = 1;
    private static final int SOL_UDP = 17;
    private static final int SOL_IPV6 = 41;

    /** Bytes of send buffer, within net.core.wmem_max. Source: socket(7). */
    public static final SocketOption SNDBUF = new SocketOption(SOL_SOCKET, 7, "SO_SNDBUF");

    /** Bytes of receive buffer, within net.core.rmem_max. Source: socket(7). */
    public static final SocketOption RCVBUF = new SocketOption(SOL_SOCKET, 8, "SO_RCVBUF");

    /** Lets several sockets of one user share an address and port. Source: socket(7). */
    public static final SocketOption REUSEPORT = new SocketOption(SOL_SOCKET, 15, "SO_REUSEPORT");

    /** A classic BPF program that says how many bytes of a datagram to keep. Source: socket(7). */
    public static final SocketOption ATTACH_FILTER = new SocketOption(SOL_SOCKET, 26, "SO_ATTACH_FILTER");

    /** As SNDBUF, beyond net.core.wmem_max; needs CAP_NET_ADMIN. Source: socket(7). */
    public static final SocketOption SNDBUFFORCE = new SocketOption(SOL_SOCKET, 32, "SO_SNDBUFFORCE");

    /** As RCVBUF, beyond net.core.rmem_max; needs CAP_NET_ADMIN. Source: socket(7). */
    public static final SocketOption RCVBUFFORCE = new SocketOption(SOL_SOCKET, 33, "SO_RCVBUFFORCE");

    /** A classic BPF program that picks a socket of a reuseport group. Source: socket(7). */
    public static final SocketOption ATTACH_REUSEPORT_CBPF =
            new SocketOption(SOL_SOCKET, 51, "SO_ATTACH_REUSEPORT_CBPF");

    /** Memory figures of the socket, nine u32. Source: include/uapi/linux/sock_diag.h. */
    public static final SocketOption MEMINFO = new SocketOption(SOL_SOCKET, 55, "SO_MEMINFO");

    /** Each datagram comes with the address that it was sent to. Source: ip(7). */
    public static final SocketOption IP_PKTINFO = new SocketOption(SOL_IP, 8, "IP_PKTINFO");

    /** Whether packets may not be cut (DF), and whose word counts of the path's MTU. Source: ip(7). */
    public static final SocketOption IP_MTU_DISCOVER = new SocketOption(SOL_IP, 10, "IP_MTU_DISCOVER");

    /** Path MTU of a connected socket, bytes with the IP header. Source: ip(7). */
    public static final SocketOption IP_MTU = new SocketOption(SOL_IP, 14, "IP_MTU");

    /** Each datagram comes with its TTL. Source: ip(7). */
    public static final SocketOption IP_RECVTTL = new SocketOption(SOL_IP, 12, "IP_RECVTTL");

    /** Lets a socket be bound to an address that is not this host's yet. Source: ip(7). */
    public static final SocketOption IP_FREEBIND = new SocketOption(SOL_IP, 15, "IP_FREEBIND");

    /** Allows a source address that is not this host's. Source: ip(7). */
    public static final SocketOption IP_TRANSPARENT = new SocketOption(SOL_IP, 19, "IP_TRANSPARENT");

    /** Whether multicasts come that others on this host have joined. Source: ip(7). */
    public static final SocketOption IP_MULTICAST_ALL = new SocketOption(SOL_IP, 49, "IP_MULTICAST_ALL");

    /** Offset of a checksum that the kernel fills in on a raw socket. Source: ipv6(7). */
    public static final SocketOption IPV6_CHECKSUM = new SocketOption(SOL_IPV6, 7, "IPV6_CHECKSUM");

    /** As IP_MTU_DISCOVER. Source: ipv6(7). */
    public static final SocketOption IPV6_MTU_DISCOVER = new SocketOption(SOL_IPV6, 23, "IPV6_MTU_DISCOVER");

    /** As IP_MTU. Source: ipv6(7). */
    public static final SocketOption IPV6_MTU = new SocketOption(SOL_IPV6, 24, "IPV6_MTU");

    /** Keeps IPv4 away from an IPv6 socket. Source: ipv6(7). */
    public static final SocketOption IPV6_V6ONLY = new SocketOption(SOL_IPV6, 26, "IPV6_V6ONLY");

    /** As IP_MULTICAST_ALL, since Linux 4.20. Source: include/uapi/linux/in6.h. */
    public static final SocketOption IPV6_MULTICAST_ALL = new SocketOption(SOL_IPV6, 29, "IPV6_MULTICAST_ALL");

    /** As IP_PKTINFO. Source: ipv6(7). */
    public static final SocketOption IPV6_RECVPKTINFO = new SocketOption(SOL_IPV6, 49, "IPV6_RECVPKTINFO");

    /** As IP_RECVTTL, of its hop limit. Source: ipv6(7). */
    public static final SocketOption IPV6_RECVHOPLIMIT = new SocketOption(SOL_IPV6, 51, "IPV6_RECVHOPLIMIT");

    /** As IP_FREEBIND. Source: include/uapi/linux/in6.h. */
    public static final SocketOption IPV6_FREEBIND = new SocketOption(SOL_IPV6, 78, "IPV6_FREEBIND");

    /** As IP_TRANSPARENT. Source: include/uapi/linux/in6.h. */
    public static final SocketOption IPV6_TRANSPARENT = new SocketOption(SOL_IPV6, 75, "IPV6_TRANSPARENT");

    /** Payload bytes of each datagram that a longer send is cut into. Source: udp(7). */
    public static final SocketOption UDP_SEGMENT = new SocketOption(SOL_UDP, 103, "UDP_SEGMENT");
}
