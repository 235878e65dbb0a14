package dev.udpfanout.lab.traffic;

import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * What was sent.
 *
 * @param source the socket's own address and port
 * @param firstSequence the sequence number of the first datagram; the others follow without gaps
 * @param sent how many
 * @param elapsed how long it took
 */
public record SendReport(InetSocketAddress source, long firstSequence, long sent, Duration elapsed) {}
