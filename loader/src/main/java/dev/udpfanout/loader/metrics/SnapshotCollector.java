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
    private final DaemonView view;

    SnapshotCollector(DaemonView view) {
        this.view = view;
    }

    @Override
    public MetricSnapshots collect() {
        StatusSnapshot snapshot = view.snapshot();
        Families families = new Families();
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
