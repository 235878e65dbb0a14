package dev.udpfanout.loader.metrics;

/**
 * Metrics, written out.
 *
 * @param contentType which format it is: OpenMetrics or the Prometheus text format
 * @param bytes UTF-8
 */
public record MetricsPage(String contentType, byte[] bytes) {}
