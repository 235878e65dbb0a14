package dev.udpfanout.loader.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.LinkedHashMap;
import java.util.Map;

/** One counter with its label values. */
final class CounterFamily {
    private final String name;
    private final String help;
    private final Map<Labels, Long> values = new LinkedHashMap<>();

    /** @param name without {@code _total}, which the format adds */
    CounterFamily(String name, String help) {
        this.name = name;
        this.help = help;
    }

    /** Adds up where labels repeat: the format forbids the same series twice. */
    CounterFamily add(long value, String... namesAndValues) {
        values.merge(Labels.of(namesAndValues), value, Long::sum);
        return this;
    }

    CounterSnapshot snapshot() {
        CounterSnapshot.Builder builder = CounterSnapshot.builder().name(name).help(help);
        values.forEach((labels, value) -> builder.dataPoint(
                CounterDataPointSnapshot.builder().labels(labels).value(value).build()));
        return builder.build();
    }
}
