package dev.udpfanout.loader.datapath.network.firewall;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * One rule of nf_tables.
 *
 * @param handle its number in its table
 * @param comment empty if it has none, or one of iptables' own
 * @param statements as libnftables-json(5) has them, in order
 */
record Rule(long handle, String comment, List<JsonNode> statements) {
    boolean isOurs() {
        return comment.startsWith(Opening.MARK);
    }

    /** What its counter has counted; 0 without one. */
    long packets() {
        return statements.stream()
                .filter(statement -> statement.has("counter"))
                .mapToLong(
                        statement -> statement.path("counter").path("packets").asLong())
                .sum();
    }
}
