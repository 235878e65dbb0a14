package dev.udpfanout.loader.metrics;

import dev.udpfanout.loader.datapath.NetflowCounters;
import dev.udpfanout.loader.status.ListenerStatus;

/** Metrics of listeners with {@code payload: netflow}. */
final class NetflowMetrics {
    private NetflowMetrics() {}

    static void addTo(Families families, ListenerStatus listener) {
        listener.counters().netflow().ifPresent(netflow -> add(families, listener.name(), listener.mode(), netflow));
    }

    private static void add(Families families, String name, String mode, NetflowCounters netflow) {
        families.set(Metric.NETFLOW_EXPORTERS, netflow.exporters().size(), name, mode);
        families.set(Metric.NETFLOW_TEMPLATES, netflow.templates(), name, mode);
        families.add(Metric.NETFLOW_TEMPLATES_EVICTED, netflow.evicted(), name, mode);
        families.add(Metric.NETFLOW_MALFORMED, netflow.malformed(), name, mode);
        netflow.told()
                .forEach((reason, messages) ->
                        families.add(Metric.NETFLOW_TEMPLATE_MESSAGES, messages, name, mode, reason));
    }
}
