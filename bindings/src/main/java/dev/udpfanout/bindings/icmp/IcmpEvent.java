package dev.udpfanout.bindings.icmp;

import java.net.Inet4Address;

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
    record EchoReply(Inet4Address from, int sequence, byte[] payload) implements IcmpEvent {}

    /**
     * Some router, this very machine included, says that the request cannot get there: RFC 792, destination unreachable.
     *
     * @param destination where the request was sent
     * @param code RFC 792's code: 0 net, 1 host, 2 protocol, 3 port, ...
     */
    record Unreachable(Inet4Address destination, int sequence, int code) implements IcmpEvent {}
}
