package dev.udpfanout.bindings.icmp;

import java.net.InetAddress;

/** What came back for an echo request of an {@link IcmpSocket}. */
public sealed interface IcmpEvent {
    /** The sequence number of the request, 0 to 65535. */
    int sequence();

    /**
     * An echo reply, its checksum verified.
     *
     * @param from who sent it
     * @param payload what the request carried, if the sender is honest
     */
    record EchoReply(InetAddress from, int sequence, byte[] payload) implements IcmpEvent {}

    /**
     * Some router, this very machine included, says that the request cannot get there: destination unreachable of RFC
     * 792 and RFC 4443, section 3.1.
     *
     * @param destination where the request was sent
     * @param code the RFC's code: of IPv4 0 net, 1 host, 2 protocol, 3 port, ...; of IPv6 0 no route, 1 prohibited, ...
     */
    record Unreachable(InetAddress destination, int sequence, int code) implements IcmpEvent {}
}
