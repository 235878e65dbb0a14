package dev.udpfanout.forwarder.netflow;

import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * One observation domain of an exporter of NetFlow v9 or IPFIX.
 *
 * @param address from where it sends
 * @param version 9, or 10 for IPFIX
 * @param domain the observation domain, in v9 the source id: 0 to 2^32 - 1
 * @param templates that are remembered of it
 * @param sinceRefresh how long ago it has last sent one
 */
public record ExporterState(
        InetSocketAddress address, int version, long domain, int templates, Duration sinceRefresh) {}
