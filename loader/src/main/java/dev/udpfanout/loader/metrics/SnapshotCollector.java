package dev.udpfanout.loader.metrics;

import dev.udpfanout.loader.status.DaemonView;
import dev.udpfanout.loader.status.ListenerStatus;
import dev.udpfanout.loader.status.StatusSnapshot;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;

/**
 * Makes metrics of one snapshot of the daemon, so that all values of a page belong together. The kernel's counters go
 * out as they stand: they outlive the daemon.
 */
final class SnapshotCollector implements MultiCollector {
    /** Of more, whoever may annotate Services could make a page that takes all of the daemon's memory. */
    static final int LISTENERS_IN_FULL = 1_000;

    private final DaemonView view;

    SnapshotCollector(DaemonView view) {
        this.view = view;
    }

    /** For a page of so many listeners. */
    static Families families(int listeners) {
        return new Families(listeners > LISTENERS_IN_FULL);
    }

    @Override
    public MetricSnapshots collect() {
        StatusSnapshot snapshot = view.snapshot();
        Families families = families(snapshot.listeners().size());
        for (ListenerStatus listener : snapshot.listeners()) {
            ListenerMetrics.addTo(families, listener);
            ReplyMetrics.addTo(families, listener);
            NetflowMetrics.addTo(families, listener);
        }
        DatapathMetrics.addTo(families, snapshot);
        ControlMetrics.addTo(families, snapshot);
        return families.snapshots();
    }
}
