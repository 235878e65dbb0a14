package dev.udpfanout.bench.latency;

import org.HdrHistogram.Histogram;

/**
 * One-way latencies of one round: from the moment when a datagram was to be sent, whether or not it was sent then, to
 * the moment when it was received. So a stall shows in every datagram that it held up, and nothing is omitted (Tene,
 * "How not to measure latency").
 */
public final class LatencyRecording {
    private static final long MOST_NS = 10_000_000_000L;
    private static final int DIGITS = 3;

    private final Histogram histogram = new Histogram(MOST_NS, DIGITS);

    /** @param intendedNs, receivedNs on one clock; what took longer than 10 s counts as 10 s */
    public void record(long intendedNs, long receivedNs) {
        histogram.recordValue(Math.clamp(receivedNs - intendedNs, 0, MOST_NS));
    }

    /** Takes another receiver's recording of the same round in. */
    public void add(LatencyRecording other) {
        histogram.add(other.histogram);
    }

    public long count() {
        return histogram.getTotalCount();
    }

    /** @param percentile 0 to 100 */
    public double microseconds(double percentile) {
        return histogram.getValueAtPercentile(percentile) / 1e3;
    }
}
