package dev.udpfanout.loader.metrics;

import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.LinkedHashMap;
import java.util.Map;

/** One gauge with its label values. */
final class GaugeFamily {
    private final String name;
    private final String help;
    private final Map<Labels, Double> values = new LinkedHashMap<>();

    GaugeFamily(String name, String help) {
        this.name = name;
        this.help = help;
    }

    /** The last one counts where labels repeat: the format forbids the same series twice. */
    GaugeFamily set(double value, String... namesAndValues) {
        values.put(Labels.of(namesAndValues), value);
        return this;
    }

    GaugeFamily set(boolean value, String... namesAndValues) {
        return set(value ? 1 : 0, namesAndValues);
    }

    GaugeSnapshot snapshot() {
        GaugeSnapshot.Builder builder = GaugeSnapshot.builder().name(name).help(help);
        values.forEach((labels, value) -> builder.dataPoint(
                GaugeDataPointSnapshot.builder().labels(labels).value(value).build()));
        return builder.build();
    }
}
