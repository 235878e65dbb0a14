package dev.udpfanout.lab.traffic;

import java.net.InetSocketAddress;

/**
 * A datagram that a receiver kept.
 *
 * @param source who sent it, as the receiver saw it
 * @param payload its bytes
 */
public record ReceivedDatagram(InetSocketAddress source, byte[] payload) {}
