package dev.udpfanout.loader.cli.status;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What is known of a listener's exporters of NetFlow v9 and IPFIX, in words. */
final class NetflowText {
    private static final int IPFIX = 10;
    private static final int MAX_EXPORTERS = 20;

    private NetflowText() {}

    /** Lines; none if the listener does not look at NetFlow. */
    static List<String> lines(JsonNode netflow, Instant now) {
        if (netflow.isMissingNode()) {
            return List.of();
        }
        List<String> lines = new ArrayList<>();
        long omitted = netflow.path("exporters_omitted").asLong();
        int known = netflow.path("exporters").size();
        lines.add("netflow    %d exporter(s), %d template(s), %d evicted, %d malformed message(s)"
                .formatted(
                        known + omitted,
                        netflow.path("templates").asLong(),
                        netflow.path("templates_evicted").asLong(),
                        netflow.path("malformed").asLong()));
        for (JsonNode exporter :
                netflow.path("exporters").valueStream().limit(MAX_EXPORTERS).toList()) {
            lines.add("           %s %s, domain %d: %d template(s), refreshed %s ago"
                    .formatted(
                            StatusText.string(exporter, "address"),
                            exporter.path("version").asInt() == IPFIX ? "IPFIX" : "v9",
                            exporter.path("domain").asLong(),
                            exporter.path("templates").asLong(),
                            Ages.age(StatusText.string(exporter, "refreshed_at"), now)));
        }
        long more = known + omitted - MAX_EXPORTERS;
        if (more > 0) {
            lines.add("           and %d more, refreshed longer ago".formatted(more));
        }
        return lines;
    }
}
