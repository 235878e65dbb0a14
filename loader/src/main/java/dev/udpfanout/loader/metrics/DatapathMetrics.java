package dev.udpfanout.loader.metrics;

import dev.udpfanout.loader.datapath.FirewallState;
import dev.udpfanout.loader.datapath.FlowCounters;
import dev.udpfanout.loader.status.DurationHistogram;
import dev.udpfanout.loader.status.StatusSnapshot;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import java.util.stream.DoubleStream;

/** Metrics of the datapath as a whole. */
final class DatapathMetrics {
    private static final double NANOS_PER_SECOND = 1e9;

    private DatapathMetrics() {}

    static void addTo(Families families, StatusSnapshot snapshot) {
        snapshot.repairs().forEach((repair, count) -> families.add(Metric.REPAIRS, count, repair));
        snapshot.outages()
                .forEach((repair, outage) ->
                        families.add(Metric.REPAIR_OUTAGES, outage.toNanos() / NANOS_PER_SECOND, repair));
        snapshot.staleFlows().forEach((listener, count) -> families.add(Metric.STALE_FLOWS, count, listener));
        for (FirewallState chain : snapshot.firewall()) {
            families.set(Metric.FIREWALL_OPEN, chain.problem().isEmpty(), chain.backend(), chain.chain());
            families.add(Metric.FIREWALL_ACCEPTED, chain.packets(), chain.backend(), chain.chain());
        }
        snapshot.flows().ifPresent(flows -> addFlows(families, flows));
        snapshot.icmpErrors().ifPresent(errors -> {
            families.add(Metric.ICMP_ERRORS_TRANSLATED, errors.translated());
            families.add(Metric.ICMP_ERRORS_FAILED, errors.failed());
        });
        snapshot.earlyFragments().ifPresent(fragments -> {
            families.add(Metric.EARLY_FRAGMENTS, fragments.received());
            families.add(Metric.EARLY_FRAGMENTS_SENT, fragments.sent());
            families.add(Metric.EARLY_FRAGMENTS_REFUSED, fragments.refused());
        });
        snapshot.packetProcessing()
                .ifPresent(durations -> families.set(Metric.PACKET_PROCESSING, histogram(durations)));
    }

    private static void addFlows(Families families, FlowCounters flows) {
        families.set(Metric.KERNEL_FLOWS, flows.present());
        families.set(Metric.KERNEL_FLOWS_MAX, flows.max());
        families.add(Metric.KERNEL_FLOWS_EXPIRED, flows.expired());
        families.add(Metric.KERNEL_FLOWS_EVICTED, flows.evicted());
        families.add(Metric.KERNEL_FLOWS_REFUSED, flows.withoutRoom(), "no_room");
        families.add(Metric.KERNEL_FLOWS_REFUSED, flows.expectedElsewhere(), "expected_elsewhere");
    }

    private static HistogramDataPointSnapshot histogram(DurationHistogram durations) {
        double[] bounds = DoubleStream.concat(
                        durations.upperBoundsNanos().stream().mapToDouble(nanos -> nanos / NANOS_PER_SECOND),
                        DoubleStream.of(Double.POSITIVE_INFINITY))
                .toArray();
        long[] counts = durations.counts().stream().mapToLong(Long::longValue).toArray();
        return HistogramDataPointSnapshot.builder()
                .classicHistogramBuckets(ClassicHistogramBuckets.of(bounds, counts))
                .sum(durations.sumNanos() / NANOS_PER_SECOND)
                .build();
    }
}
