package dev.udpfanout.loader.metrics;

import dev.udpfanout.loader.datapath.FlowCounters;
import dev.udpfanout.loader.status.DurationHistogram;
import dev.udpfanout.loader.status.StatusSnapshot;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.stream.DoubleStream;

/** What is said of the datapath as a whole. */
final class DatapathMetrics {
    private static final double NANOS_PER_SECOND = 1e9;

    private DatapathMetrics() {}

    static void addTo(MetricSnapshots.Builder metrics, StatusSnapshot snapshot) {
        CounterFamily repairs =
                new CounterFamily("udp_fanout_repairs", "How often something that was set up had to be mended.");
        snapshot.repairs().forEach((repair, count) -> repairs.add(count, "repair", repair));
        metrics.metricSnapshot(repairs.snapshot());
        snapshot.flows().ifPresent(flows -> addTo(metrics, flows));
        snapshot.packetProcessing().map(DatapathMetrics::histogram).ifPresent(metrics::metricSnapshot);
    }

    private static void addTo(MetricSnapshots.Builder metrics, FlowCounters flows) {
        metrics.metricSnapshot(
                new GaugeFamily("udp_fanout_kernel_flows", "Flows in the kernel's table that are remembered.")
                        .set(flows.present())
                        .snapshot());
        metrics.metricSnapshot(new GaugeFamily("udp_fanout_kernel_flows_max", "Flows that can be remembered.")
                .set(flows.max())
                .snapshot());
        metrics.metricSnapshot(
                new CounterFamily("udp_fanout_kernel_flows_expired", "Flows forgotten when they were idle.")
                        .add(flows.expired())
                        .snapshot());
        metrics.metricSnapshot(new CounterFamily("udp_fanout_kernel_flows_evicted", "Flows forgotten for lack of room.")
                .add(flows.evicted())
                .snapshot());
    }

    private static HistogramSnapshot histogram(DurationHistogram durations) {
        double[] bounds = DoubleStream.concat(
                        durations.upperBoundsNanos().stream().mapToDouble(nanos -> nanos / NANOS_PER_SECOND),
                        DoubleStream.of(Double.POSITIVE_INFINITY))
                .toArray();
        long[] counts = durations.counts().stream().mapToLong(Long::longValue).toArray();
        return HistogramSnapshot.builder()
                .name("udp_fanout_packet_processing_seconds")
                .help("Time in the kernel program per datagram, of those that are sampled.")
                .dataPoint(HistogramDataPointSnapshot.builder()
                        .classicHistogramBuckets(ClassicHistogramBuckets.of(bounds, counts))
                        .sum(durations.sumNanos() / NANOS_PER_SECOND)
                        .build())
                .build();
    }
}
