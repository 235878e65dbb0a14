package dev.udpfanout.loader.metrics;

import dev.udpfanout.loader.datapath.ReplyCounters;
import dev.udpfanout.loader.status.ListenerStatus;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;

/** What is said of listeners with replies. */
final class ReplyMetrics {
    private static final String LISTENER = "listener";
    private static final String MODE = "mode";
    private static final String REASON = "reason";

    private final GaugeFamily flows = new GaugeFamily("udp_fanout_flows_active", "Flows of a listener with replies.");
    private final CounterFamily created = new CounterFamily("udp_fanout_flows_opened", "Flows that have been opened.");
    private final CounterFamily ended = new CounterFamily(
            "udp_fanout_flows_closed",
            "Flows that have been closed: evicted for another one, or expired for want of datagrams.");
    private final CounterFamily forwarded =
            new CounterFamily("udp_fanout_reply_packets_forwarded", "Replies sent to clients.");
    private final CounterFamily bytesForwarded =
            new CounterFamily("udp_fanout_reply_bytes_forwarded", "Frame bytes of replies sent to clients.");
    private final CounterFamily dropped =
            new CounterFamily("udp_fanout_reply_packets_dropped", "Replies that were not sent to their client.");

    ReplyMetrics(List<ListenerStatus> listeners) {
        for (ListenerStatus listener : listeners) {
            listener.counters().replies().ifPresent(replies -> add(listener.name(), listener.mode(), replies));
        }
    }

    private void add(String name, String mode, ReplyCounters replies) {
        replies.flows().ifPresent(count -> flows.set(count, LISTENER, name, MODE, mode));
        created.add(replies.flowsCreated(), LISTENER, name, MODE, mode);
        replies.flowsEnded().forEach((reason, count) -> ended.add(count, LISTENER, name, MODE, mode, REASON, reason));
        forwarded.add(replies.packetsForwarded(), LISTENER, name, MODE, mode);
        bytesForwarded.add(replies.bytesForwarded(), LISTENER, name, MODE, mode);
        replies.packetsDropped()
                .forEach((reason, packets) -> dropped.add(packets, LISTENER, name, MODE, mode, REASON, reason));
    }

    void addTo(MetricSnapshots.Builder metrics) {
        metrics.metricSnapshot(flows.snapshot());
        List.of(created, ended, forwarded, bytesForwarded, dropped)
                .forEach(family -> metrics.metricSnapshot(family.snapshot()));
    }
}
