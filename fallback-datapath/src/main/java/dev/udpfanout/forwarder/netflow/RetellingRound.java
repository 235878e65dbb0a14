package dev.udpfanout.forwarder.netflow;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;

/**
 * Tells again what is known of all exporters, a few at a time, and begins anew after an interval. What it gives out is
 * as known at that moment. One thread's.
 */
public final class RetellingRound {
    private final TemplateMemory memory;
    private final long intervalNs;
    private final Queue<Exporter> left = new ArrayDeque<>();
    private long begunNs = System.nanoTime();

    /** @param keeping says how long it is from the beginning of one round to the next */
    public RetellingRound(TemplateMemory memory, Optional<TemplateKeeping> keeping) {
        this.memory = memory;
        this.intervalNs =
                keeping.map(TemplateKeeping::retelling).map(Duration::toNanos).orElse(0L);
    }

    /**
     * Messages of the exporter whose turn it is; empty if nothing is due.
     *
     * @param maxBytes of a message; one with a single record that is longer is longer
     */
    public List<RememberedMessage> next(long nowNs, int maxBytes) {
        if (left.isEmpty() && intervalNs > 0 && nowNs - begunNs >= intervalNs) {
            begunNs = nowNs;
            memory.forgetOld(nowNs);
            left.addAll(memory.exporters());
        }
        Exporter exporter = left.poll();
        // One that is forgotten meanwhile has no templates.
        return exporter == null || exporter.templates().isEmpty()
                ? List.of()
                : exporter.remembered(maxBytes, nowNs, System.currentTimeMillis());
    }
}
