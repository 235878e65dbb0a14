package dev.udpfanout.loader.health;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts finished probes by outcome; readable by any thread. */
final class ProbeCounts {
    private final Map<ProbeOutcome, LongAdder> counts = new EnumMap<>(ProbeOutcome.class);

    ProbeCounts() {
        for (ProbeOutcome outcome : ProbeOutcome.values()) {
            counts.put(outcome, new LongAdder());
        }
    }

    void add(ProbeOutcome outcome) {
        counts.get(outcome).increment();
    }

    Map<String, Long> byLabel() {
        Map<String, Long> snapshot = new TreeMap<>();
        counts.forEach((outcome, count) -> snapshot.put(outcome.label(), count.sum()));
        return snapshot;
    }
}
