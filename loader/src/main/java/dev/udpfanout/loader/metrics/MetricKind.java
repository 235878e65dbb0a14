package dev.udpfanout.loader.metrics;

/**
 * What a metric counts in: a gauge goes up and down, a counter only up, a histogram counts durations; an info is always
 * 1, and what it says is in its labels.
 */
public enum MetricKind {
    GAUGE,
    COUNTER,
    HISTOGRAM,
    INFO
}
