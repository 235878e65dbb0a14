package dev.udpfanout.loader.metrics;

import dev.udpfanout.loader.status.DaemonView;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;

/** The daemon's metrics and the JVM's. All methods may be called by any thread. */
public final class DaemonMetrics {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double[] UPDATE_BOUNDS_SECONDS = {
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1
    };

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final ExpositionFormats formats = ExpositionFormats.init();
    private final Histogram endpointUpdates;

    /** @param view read anew for each page */
    public DaemonMetrics(DaemonView view) {
        endpointUpdates = Histogram.builder()
                .name(Metric.ENDPOINT_UPDATE.base())
                .help(Metric.ENDPOINT_UPDATE.help())
                .classicOnly()
                .classicUpperBounds(UPDATE_BOUNDS_SECONDS)
                .register(registry);
        registry.register(new SnapshotCollector(view));
        JvmMetrics.builder().register(registry);
    }

    /** An endpoint set has come into force. */
    public void endpointsUpdated(Duration sinceEvent) {
        endpointUpdates.observe(sinceEvent.toNanos() / NANOS_PER_SECOND);
    }

    /** All metrics as they are now, in the format that the client likes best. */
    public MetricsPage page(String acceptHeader) {
        ExpositionFormatWriter writer = formats.findWriter(acceptHeader);
        ByteArrayOutputStream page = new ByteArrayOutputStream();
        try {
            writer.write(page, registry.scrape());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new MetricsPage(writer.getContentType(), page.toByteArray());
    }
}
