package dev.udpfanout.loader.cli.status;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Endpoints of a listener as lines under one heading. A column is as wide as what stands in it, so that the table fits
 * a terminal of 80 columns as long as its figures and names do.
 */
final class EndpointRows {
    private static final List<String> HEADING = List.of("HEALTH", "USED", "PACKETS", "BYTES", "NAME");
    private static final int FIRST_FIGURE = 3;
    private static final int FIRST_TEXT_BEHIND = 5;

    private final List<List<String>> rows = new ArrayList<>();
    private final int[] widths;

    /**
     * Of a set of endpoints of the page {@code /status}.
     *
     * @param endpoints the array
     * @param first the heading of the addresses
     */
    EndpointRows(JsonNode endpoints, String first) {
        List<String> heading = new ArrayList<>(List.of(first));
        heading.addAll(HEADING);
        rows.add(heading);
        for (JsonNode endpoint : endpoints) {
            rows.add(List.of(
                    StatusText.string(endpoint, "address"),
                    StatusText.string(endpoint, "health"),
                    endpoint.path("active").asBoolean() ? "yes" : "no",
                    Long.toString(endpoint.path("packets").asLong()),
                    Long.toString(endpoint.path("bytes").asLong()),
                    StatusText.ownName(endpoint)));
        }
        widths = new int[heading.size()];
        for (List<String> row : rows) {
            for (int column = 0; column < widths.length; column++) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        }
    }

    String heading() {
        return line(rows.getFirst());
    }

    /** @param index of the endpoint in the array */
    String endpoint(int index) {
        return line(rows.get(index + 1));
    }

    private String line(List<String> row) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            boolean isFigure = column >= FIRST_FIGURE && column < FIRST_TEXT_BEHIND;
            line.append("  ")
                    .append(String.format(
                            Locale.ROOT, "%" + (isFigure ? "" : "-") + widths[column] + "s", row.get(column)));
        }
        return line.toString().stripTrailing();
    }
}
