package dev.udpfanout.loader.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The values of one page, by metric and labels. The format forbids the same series twice, so values of equal labels
 * become one.
 */
final class Families {
    private final Map<Metric, Map<Labels, Double>> values = new EnumMap<>(Metric.class);
    private final Map<Metric, HistogramDataPointSnapshot> histograms = new EnumMap<>(Metric.class);
    private final boolean leavesOutZeros;

    /** All values. */
    Families() {
        this(false);
    }

    /** @param leavesOutZeros without listeners' counters that are zero, which are nine of ten */
    Families(boolean leavesOutZeros) {
        this.leavesOutZeros = leavesOutZeros;
    }

    /**
     * Adds to a counter: values of equal labels add up.
     *
     * @param labelValues in the order of {@link Metric#labels()}
     */
    void add(Metric counter, double value, String... labelValues) {
        require(counter, MetricKind.COUNTER);
        if (leavesOutZeros && value == 0 && counter.labels().contains("listener")) {
            return;
        }
        Labels labels = labels(counter, labelValues);
        values.computeIfAbsent(counter, metric -> new LinkedHashMap<>()).merge(labels, value, Double::sum);
    }

    /**
     * Sets a gauge: the last value of equal labels counts.
     *
     * @param labelValues in the order of {@link Metric#labels()}
     */
    void set(Metric gauge, double value, String... labelValues) {
        require(gauge, MetricKind.GAUGE);
        Labels labels = labels(gauge, labelValues);
        values.computeIfAbsent(gauge, metric -> new LinkedHashMap<>()).put(labels, value);
    }

    /**
     * Says what an info has to say.
     *
     * @param labelValues in the order of {@link Metric#labels()}
     */
    void say(Metric info, String... labelValues) {
        require(info, MetricKind.INFO);
        values.computeIfAbsent(info, metric -> new LinkedHashMap<>()).put(labels(info, labelValues), 1.0);
    }

    /** Sets a gauge to 1 or 0. */
    void set(Metric gauge, boolean value, String... labelValues) {
        set(gauge, value ? 1 : 0, labelValues);
    }

    /** Sets a histogram without labels. */
    void set(Metric histogram, HistogramDataPointSnapshot point) {
        require(histogram, MetricKind.HISTOGRAM);
        histograms.put(histogram, point);
    }

    private static void require(Metric metric, MetricKind kind) {
        if (metric.kind() != kind) {
            throw new IllegalArgumentException(metric + " is a " + metric.kind() + ", not a " + kind);
        }
    }

    private static Labels labels(Metric metric, String... values) {
        return Labels.of(metric.labels().toArray(String[]::new), values);
    }

    MetricSnapshots snapshots() {
        List<MetricSnapshot> all = new ArrayList<>();
        values.forEach((metric, series) -> {
            all.add(snapshot(metric, metric.base(), metric.help(), series));
            metric.deprecated()
                    .ifPresent(name ->
                            all.add(snapshot(metric, name, "Deprecated: use " + metric.exposedName() + ".", series)));
        });
        histograms.forEach((metric, point) -> all.add(HistogramSnapshot.builder()
                .name(metric.base())
                .help(metric.help())
                .dataPoint(point)
                .build()));
        return new MetricSnapshots(all);
    }

    private static MetricSnapshot snapshot(Metric metric, String name, String help, Map<Labels, Double> series) {
        if (metric.kind() == MetricKind.INFO) {
            InfoSnapshot.Builder builder = InfoSnapshot.builder().name(name).help(help);
            series.keySet()
                    .forEach(labels -> builder.dataPoint(
                            InfoDataPointSnapshot.builder().labels(labels).build()));
            return builder.build();
        }
        if (metric.kind() == MetricKind.COUNTER) {
            CounterSnapshot.Builder builder =
                    CounterSnapshot.builder().name(name).help(help);
            series.forEach((labels, value) -> builder.dataPoint(CounterDataPointSnapshot.builder()
                    .labels(labels)
                    .value(value)
                    .build()));
            return builder.build();
        }
        GaugeSnapshot.Builder builder = GaugeSnapshot.builder().name(name).help(help);
        series.forEach((labels, value) -> builder.dataPoint(
                GaugeDataPointSnapshot.builder().labels(labels).value(value).build()));
        return builder.build();
    }
}
