package dev.udpfanout.loader.datapath.netflow;

import java.net.InetSocketAddress;

/**
 * A message of templates and options data.
 *
 * @param epochMs when it came, in milliseconds since 1970
 * @param exporter who has sent it
 * @param bytes the payload; it has nothing but what is for all receivers
 */
public record ExporterMessage(long epochMs, InetSocketAddress exporter, byte[] bytes) {}
