package dev.udpfanout.loader.config;

import java.net.InetSocketAddress;

/**
 * Where metrics are served.
 *
 * @param enabled whether they are
 * @param bind address and TCP port
 * @param path of the page, beginning with a slash
 */
public record MetricsConfig(boolean enabled, InetSocketAddress bind, String path) {}
