package dev.udpfanout.loader.metrics;

import dev.udpfanout.loader.status.ProbingStatus;
import dev.udpfanout.loader.status.StatusSnapshot;
import dev.udpfanout.loader.status.WatchStatus;

/** Metrics of the daemon itself: its configuration, its probes, its watches of the API server. */
final class ControlMetrics {
    private static final double MILLIS_PER_SECOND = 1000;

    private ControlMetrics() {}

    static void addTo(Families families, StatusSnapshot snapshot) {
        families.say(Metric.BUILD, snapshot.version());
        families.set(Metric.READY, snapshot.readiness().ready());
        families.add(Metric.CONFIG_RELOADS, snapshot.config().reloadsApplied(), "applied");
        families.add(Metric.CONFIG_RELOADS, snapshot.config().reloadsRefused(), "refused");
        families.set(Metric.CONFIG_VALID, snapshot.config().valid());
        snapshot.threads().restarts().forEach((thread, count) -> families.add(Metric.THREAD_RESTARTS, count, thread));
        families.set(Metric.THREADS_DEAD, snapshot.threads().dead().size());
        families.set(Metric.PORTS_CLOSED, snapshot.ports().closed());
        snapshot.ports().checks().forEach((result, count) -> families.add(Metric.PORT_CHECKS, count, result));
        snapshot.health().ifPresent(health -> addHealth(families, health));
        snapshot.services().ifPresent(services -> {
            families.set(Metric.SERVICES, services.served(), "served");
            families.set(Metric.SERVICES, services.refused().size(), "refused");
            families.set(Metric.SERVICES_WATCH_CONNECTED, services.connected());
        });
        snapshot.kubernetes().ifPresent(watch -> addWatch(families, watch));
    }

    private static void addHealth(Families families, ProbingStatus health) {
        health.results()
                .forEach((result, count) -> families.add(Metric.HEALTH_PROBES, count, health.protocol(), result));
        families.add(Metric.HEALTH_CHANGES, health.changes());
        families.set(Metric.HEALTH_TARGETS, health.targets());
        families.set(Metric.HEALTH_DOWN, health.down());
    }

    private static void addWatch(Families families, WatchStatus watch) {
        families.set(Metric.KUBERNETES_WATCH_CONNECTED, watch.connected());
        families.set(Metric.KUBERNETES_WATCH_SYNCED, watch.synced());
        families.add(Metric.KUBERNETES_WATCH_EVENTS, watch.events());
        families.add(Metric.KUBERNETES_WATCH_RELISTS, watch.relists());
        families.add(Metric.KUBERNETES_WATCH_FAILURES, watch.failures());
        watch.leftOut().forEach((reason, count) -> families.set(Metric.KUBERNETES_ENDPOINTS_LEFT_OUT, count, reason));
        watch.sinceLastContact()
                .ifPresent(age ->
                        families.set(Metric.KUBERNETES_WATCH_LAST_CONTACT_AGE, age.toMillis() / MILLIS_PER_SECOND));
    }
}
