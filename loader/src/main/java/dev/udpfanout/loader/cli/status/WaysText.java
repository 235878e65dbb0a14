package dev.udpfanout.loader.cli.status;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How a listener's endpoints are reached, in words. */
final class WaysText {
    private WaysText() {}

    /** One after the other. */
    static String ways(JsonNode ways) {
        return ways.valueStream()
                .map(way -> "%s %s (%d endpoint(s))"
                        .formatted(
                                StatusText.string(way, "interface"),
                                way.has("mtu_bytes")
                                        ? "MTU " + way.path("mtu_bytes").asInt()
                                        : "on this node",
                                way.path("endpoints").asLong()))
                .collect(Collectors.joining(", "));
    }

    /** Lines: how many pods of this node are reached straight, and each of the others with what stands before it. */
    static List<String> podWays(JsonNode pods) {
        long straight = pods.valueStream()
                .filter(pod -> StatusText.string(pod, "by").equals("peer"))
                .count();
        Stream<String> others = pods.valueStream()
                .filter(pod -> !StatusText.string(pod, "by").equals("peer"))
                .map(pod -> "%s by the next hop: %s"
                        .formatted(StatusText.string(pod, "pod"), StatusText.string(pod, "reason")));
        return Stream.concat(
                        straight > 0 ? Stream.of("straight into " + straight + " on this node") : Stream.empty(),
                        others)
                .toList();
    }
}
