package dev.udpfanout.forwarder.counter;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Optional;

/**
 * One datagram that a forwarder has dropped, or several that went to the kernel as one message.
 *
 * @param at when
 * @param listener the name that the forwarder was started with
 * @param source empty where the forwarder does not read senders' addresses, and for {@link DropReason#UNREACHABLE}
 * @param destination empty where the forwarder receives on several addresses
 * @param endpoint empty if none was chosen
 * @param datagrams more than 1 of a message that was to be cut (UDP_SEGMENT)
 * @param bytes payload of all of them; 0 if it is not known
 */
public record DropSample(
        Instant at,
        String listener,
        DropReason reason,
        Optional<InetSocketAddress> source,
        Optional<InetSocketAddress> destination,
        Optional<InetSocketAddress> endpoint,
        int datagrams,
        int bytes) {}
