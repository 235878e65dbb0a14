package dev.udpfanout.loader.config;

import java.net.InetSocketAddress;

/**
 * Where metrics, {@code /healthz}, {@code /readyz} and {@code /status} are served.
 *
 * @param enabled whether they are
 * @param bind address and TCP port
 * @param path of the metrics page, beginning with a slash
 */
public record MetricsConfig(boolean enabled, InetSocketAddress bind, String path) {}
