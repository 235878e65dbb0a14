package dev.udpfanout.loader.sender;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * What to send.
 *
 * @param to where to
 * @param from the address of this machine to send from; empty for the one that the route gives
 * @param sources from how many sockets, and so ports, the datagrams come in turn; at least 1
 * @param count how many datagrams, of all sources together
 * @param perSecond how many a second, of all sources together; 0 for as fast as it goes
 * @param payloadBytes the size of each; numbers can be checked from 24 bytes on
 */
public record SendOrder(
        InetSocketAddress to, Optional<InetAddress> from, int sources, long count, long perSecond, int payloadBytes) {}
