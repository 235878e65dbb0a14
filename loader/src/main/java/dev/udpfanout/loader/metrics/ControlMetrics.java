package dev.udpfanout.loader.metrics;

import dev.udpfanout.loader.status.ConfigStatus;
import dev.udpfanout.loader.status.ProbingStatus;
import dev.udpfanout.loader.status.StatusSnapshot;
import dev.udpfanout.loader.status.WatchStatus;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;

/** What is said of the daemon itself: its configuration, its probes, its watch for EndpointSlices. */
final class ControlMetrics {
    private static final double MILLIS_PER_SECOND = 1000;

    private ControlMetrics() {}

    static void addTo(MetricSnapshots.Builder metrics, StatusSnapshot snapshot) {
        metrics.metricSnapshot(new GaugeFamily("udp_fanout_build", "1, with the program's version.")
                .set(1, "version", snapshot.version())
                .snapshot());
        metrics.metricSnapshot(new GaugeFamily("udp_fanout_ready", "What /readyz says.")
                .set(snapshot.readiness().ready())
                .snapshot());
        addConfig(metrics, snapshot.config());
        snapshot.health().ifPresent(health -> addHealth(metrics, health));
        snapshot.kubernetes().ifPresent(watch -> addWatch(metrics, watch));
    }

    private static void addConfig(MetricSnapshots.Builder metrics, ConfigStatus config) {
        metrics.metricSnapshot(new CounterFamily("udp_fanout_config_reloads", "Changes of the configuration file.")
                .add(config.reloadsApplied(), "result", "applied")
                .add(config.reloadsRefused(), "result", "refused")
                .snapshot());
        metrics.metricSnapshot(new GaugeFamily(
                        "udp_fanout_config_valid", "0 if what the file says is not in force, but what it said before.")
                .set(config.valid())
                .snapshot());
    }

    private static void addHealth(MetricSnapshots.Builder metrics, ProbingStatus health) {
        CounterFamily probes = new CounterFamily("udp_fanout_health_probes", "Finished health probes.");
        health.results().forEach((result, count) -> probes.add(count, "protocol", health.protocol(), "result", result));
        metrics.metricSnapshot(probes.snapshot());
        metrics.metricSnapshot(new CounterFamily("udp_fanout_health_changes", "Endpoints that went up or down.")
                .add(health.changes())
                .snapshot());
        metrics.metricSnapshot(new GaugeFamily("udp_fanout_health_targets", "Endpoints that are probed.")
                .set(health.targets())
                .snapshot());
        metrics.metricSnapshot(new GaugeFamily("udp_fanout_health_down", "Endpoints that are down.")
                .set(health.down())
                .snapshot());
    }

    private static void addWatch(MetricSnapshots.Builder metrics, WatchStatus watch) {
        metrics.metricSnapshot(
                new GaugeFamily("udp_fanout_kubernetes_watch_connected", "Whether all EndpointSlice watches run.")
                        .set(watch.connected())
                        .snapshot());
        metrics.metricSnapshot(
                new GaugeFamily("udp_fanout_kubernetes_watch_synced", "Whether a first full list has been seen.")
                        .set(watch.synced())
                        .snapshot());
        metrics.metricSnapshot(new CounterFamily(
                        "udp_fanout_kubernetes_watch_events",
                        "Changes of endpoints or VIPs that the watches have told of; a burst counts once.")
                .add(watch.events())
                .snapshot());
        metrics.metricSnapshot(
                new CounterFamily("udp_fanout_kubernetes_watch_relists", "How often all slices were listed anew.")
                        .add(watch.relists())
                        .snapshot());
        metrics.metricSnapshot(
                new CounterFamily("udp_fanout_kubernetes_watch_failures", "Lists and watches that failed.")
                        .add(watch.failures())
                        .snapshot());
        watch.sinceLastContact()
                .ifPresent(age -> metrics.metricSnapshot(new GaugeFamily(
                                "udp_fanout_kubernetes_watch_last_contact_age_seconds",
                                "How long ago the API server was last heard of.")
                        .set(age.toMillis() / MILLIS_PER_SECOND)
                        .snapshot()));
    }
}
