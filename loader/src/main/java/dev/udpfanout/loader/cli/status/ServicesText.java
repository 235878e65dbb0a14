package dev.udpfanout.loader.cli.status;

import static dev.udpfanout.loader.cli.terminal.Printable.printable;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The annotated Services of a status page, for people: the listeners of each stand together. */
final class ServicesText {
    private final JsonNode status;
    /** By Service; those of the file have the name "". */
    private final Map<String, List<JsonNode>> groups = new LinkedHashMap<>();

    ServicesText(JsonNode status) {
        this.status = status;
        groups.put("", new ArrayList<>());
        for (JsonNode listener : status.path("listeners")) {
            groups.computeIfAbsent(listener.path("service").asText(""), first -> new ArrayList<>())
                    .add(listener);
        }
    }

    /** The listeners of the file, then those of one Service after the other. */
    List<JsonNode> listeners() {
        return groups.values().stream().flatMap(List::stream).toList();
    }

    /** What stands above the first listener of a Service; empty above every other one. */
    Optional<String> heading(JsonNode listener) {
        String service = listener.path("service").asText("");
        List<JsonNode> all = groups.get(service);
        if (service.isEmpty() || all.getFirst() != listener) {
            return Optional.empty();
        }
        return Optional.of("Service %s: %d listener(s), %d packets received, %d forwarded"
                .formatted(
                        printable(service), all.size(), sum(all, "packets_received"), sum(all, "packets_forwarded")));
    }

    private static long sum(List<JsonNode> listeners, String field) {
        return listeners.stream()
                .mapToLong(listener -> listener.path(field).asLong())
                .sum();
    }

    /** What there is to say of all Services together: nothing, if there are none. */
    List<String> summary() {
        List<String> lines = new ArrayList<>();
        JsonNode services = status.path("services");
        if (!services.isMissingNode()) {
            lines.add("Services: %d served, %d refused, %s"
                    .formatted(
                            services.path("served").asLong(),
                            services.path("refused").size(),
                            services.path("connected").asBoolean() ? "watched" : "NOT WATCHED (last known in use)"));
            services.path("refused")
                    .properties()
                    .forEach(each -> lines.add("  REFUSED %s: %s; kube-proxy serves it"
                            .formatted(
                                    printable(each.getKey()),
                                    printable(each.getValue().asText()))));
        }
        lease().ifPresent(lines::add);
        return lines;
    }

    /** Of those lines what is not as it should be. */
    List<String> amiss() {
        boolean isOver = status.path("lease_left_ms").asLong() < 0;
        return summary().stream()
                .filter(line ->
                        line.startsWith("  ") || line.contains("NOT WATCHED") || isOver && line.startsWith("lease"))
                .map(String::strip)
                .toList();
    }

    /** How long the kernel goes on without a daemon; empty if nothing is leased. */
    Optional<String> lease() {
        JsonNode left = status.path("lease_left_ms");
        if (left.isMissingNode()) {
            return Optional.empty();
        }
        Duration time = Duration.ofMillis(left.asLong());
        if (time.isNegative()) {
            return Optional.of(
                    "lease: RAN OUT %s ago: datagrams of leased listeners go past the program, kube-proxy serves them"
                            .formatted(words(time.negated())));
        }
        String from = status.has("daemon") ? "" : " from now if the daemon dies";
        return Optional.of(
                "lease: leased listeners are served for %s%s, then by kube-proxy".formatted(words(time), from));
    }

    private static String words(Duration time) {
        return time.toMinutes() == 0
                ? time.toSeconds() + " s"
                : time.toMinutes() + " min " + time.toSecondsPart() + " s";
    }
}
