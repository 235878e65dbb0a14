package dev.udpfanout.loader.metrics;

import dev.udpfanout.loader.datapath.ReplyCounters;
import dev.udpfanout.loader.status.ListenerStatus;

/** Metrics of listeners with replies. */
final class ReplyMetrics {
    private ReplyMetrics() {}

    static void addTo(Families families, ListenerStatus listener) {
        listener.counters().replies().ifPresent(replies -> add(families, listener.name(), listener.mode(), replies));
    }

    private static void add(Families families, String name, String mode, ReplyCounters replies) {
        replies.flows().ifPresent(count -> families.set(Metric.FLOWS_ACTIVE, count, name, mode));
        families.add(Metric.FLOWS_OPENED, replies.flowsCreated(), name, mode);
        replies.flowsEnded().forEach((reason, count) -> families.add(Metric.FLOWS_CLOSED, count, name, mode, reason));
        families.add(Metric.REPLY_PACKETS_FORWARDED, replies.packetsForwarded(), name, mode);
        families.add(Metric.REPLY_BYTES_FORWARDED, replies.bytesForwarded(), name, mode);
        replies.packetsDropped()
                .forEach((reason, packets) -> families.add(Metric.REPLY_PACKETS_DROPPED, packets, name, mode, reason));
    }
}
