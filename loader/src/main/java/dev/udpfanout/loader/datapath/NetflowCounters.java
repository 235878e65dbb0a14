package dev.udpfanout.loader.datapath;

import dev.udpfanout.forwarder.netflow.ExporterState;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is known and was counted of NetFlow v9 and IPFIX at one listener, whichever datapath serves it.
 *
 * @param templates that are remembered
 * @param evicted templates that were forgotten for want of room
 * @param malformed messages whose lengths lie
 * @param told messages of templates that were sent to endpoints, by reason: {@code copied}, {@code cut},
 *     {@code joined}, {@code retried} or {@code retold}
 * @param exporters of which there are templates, the one that was refreshed last first
 */
public record NetflowCounters(
        long templates, long evicted, long malformed, Map<String, Long> told, List<Exporter> exporters) {
    public NetflowCounters {
        told = Collections.unmodifiableMap(new TreeMap<>(told));
        exporters = List.copyOf(exporters);
    }

    /** Exporters, the one that was refreshed last first. */
    public static List<Exporter> exporters(List<ExporterState> states) {
        Instant now = Instant.now();
        return states.stream()
                .sorted(Comparator.comparing(ExporterState::sinceRefresh))
                .map(exporter -> new Exporter(
                        exporter.address(),
                        exporter.version(),
                        exporter.domain(),
                        exporter.templates(),
                        now.minus(exporter.sinceRefresh())))
                .toList();
    }

    /**
     * One observation domain of an exporter.
     *
     * @param address from where it sends
     * @param version 9, or 10 for IPFIX
     * @param domain the observation domain, in v9 the source id: 0 to 2^32 - 1
     * @param templates that are remembered of it
     * @param refreshedAt when it has last sent one
     */
    public record Exporter(InetSocketAddress address, int version, long domain, int templates, Instant refreshedAt) {}
}
