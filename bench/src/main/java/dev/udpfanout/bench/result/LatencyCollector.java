package dev.udpfanout.bench.result;

import dev.udpfanout.bench.latency.LatencyRecording;
import dev.udpfanout.bench.statistics.Estimate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The rounds of one contestant and series, put together. */
public final class LatencyCollector {
    /** Where the plotted curve has its points. */
    private static final double[] PERCENTILES = {
        1, 5, 10, 20, 30, 40, 50, 60, 70, 75, 80, 85, 90, 92.5, 95, 96, 97, 98, 99, 99.5, 99.8, 99.9, 99.95, 99.99
    };

    private final String contestant;
    private final String series;
    private final int senders;
    private final LatencyRecording all = new LatencyRecording();
    private final List<Double> p50 = new ArrayList<>();
    private final List<Double> p99 = new ArrayList<>();
    private final List<Double> p999 = new ArrayList<>();
    private long sent;

    public LatencyCollector(String contestant, String series, int senders) {
        this.contestant = contestant;
        this.series = series;
        this.senders = senders;
    }

    /** Takes a round in; one in which nothing arrived has no percentiles, but counts as lost. */
    public void add(LatencyRecording round, long sentInRound) {
        sent += sentInRound;
        if (round.count() == 0) {
            return;
        }
        all.add(round);
        p50.add(round.microseconds(50));
        p99.add(round.microseconds(99));
        p999.add(round.microseconds(99.9));
    }

    /** Whether anything arrived. */
    public boolean hasArrived() {
        return all.count() > 0;
    }

    /** What the rounds come to. */
    public Results.Latency result() {
        Map<Double, Double> curve = new TreeMap<>();
        for (double percentile : PERCENTILES) {
            curve.put(percentile, all.microseconds(percentile));
        }
        return new Results.Latency(
                contestant,
                series,
                senders,
                Estimate.of(p50),
                Estimate.of(p99),
                Estimate.of(p999),
                sent,
                sent - all.count(),
                List.copyOf(p50),
                curve);
    }
}
