package dev.udpfanout.loader.cli.nodes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/** What a command has found on several nodes, as one table; what to do about it stands below, once. */
public final class NodesTable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String GAP = "  ";
    private static final String NONE = "-";
    private static final int PARTS = 2;

    private final List<String[]> rows = new ArrayList<>();
    private final Map<String, Set<String>> mends = new LinkedHashMap<>();

    private NodesTable(String... headings) {
        rows.add(headings);
    }

    /**
     * A table of what {@code udp-fanout doctor --json} has found: all that is not well.
     *
     * @param lines a node's name, a tab, and what the command has printed there
     */
    public static String ofDoctor(List<String> lines) {
        NodesTable table = new NodesTable("NODE", "LISTENER", "CHECK", "RESULT", "FINDING");
        table.read(lines, table::doctor);
        return table.toString();
    }

    /** A table of what {@code udp-fanout trace --json} has found; lines as above. */
    public static String ofTrace(List<String> lines) {
        NodesTable table = new NodesTable("NODE", "DATAGRAMS", "OUTCOME", "WHERE", "CAUSE");
        table.read(lines, table::trace);
        return table.toString();
    }

    /** What is no JSON is the reason why there is none. */
    private void read(List<String> lines, BiConsumer<String, JsonNode> found) {
        for (String line : lines) {
            String[] parts = line.split("\t", PARTS);
            String text = parts.length < PARTS || parts[1].isBlank() ? "it has printed nothing" : parts[1];
            try {
                JsonNode json = JSON.readTree(text);
                if (json.isContainerNode()) {
                    found.accept(parts[0], json);
                    continue;
                }
            } catch (JsonProcessingException e) {
                // The text says why.
            }
            add(parts[0], NONE, NONE, "NO ANSWER", text);
        }
    }

    private void doctor(String node, JsonNode findings) {
        boolean isWell = true;
        for (JsonNode each : findings) {
            String result = each.path("result").asText();
            if (!result.equals("problem") && !result.equals("warning")) {
                continue;
            }
            isWell = false;
            add(
                    node,
                    orNone(each.path("listener").asText()),
                    each.path("check").asText(),
                    result.equals("problem") ? result.toUpperCase(Locale.ROOT) : result,
                    each.path("finding").asText());
            mend(node, each.path("mend").asText());
        }
        if (isWell) {
            add(node, NONE, NONE, "ok", "nothing is wrong");
        }
    }

    /** A line for all datagrams that have ended alike. */
    private void trace(String node, JsonNode report) {
        Map<List<String>, Integer> ends = new LinkedHashMap<>();
        for (JsonNode each : report.path("datagrams")) {
            List<String> end = List.of(
                    each.path("outcome").asText().replace('_', ' '),
                    orNone(each.path("where").asText()),
                    orNone(each.path("cause").asText()));
            ends.merge(end, 1, Integer::sum);
            mend(node, each.path("remedy").asText());
        }
        ends.forEach((end, count) -> add(node, Integer.toString(count), end.get(0), end.get(1), end.get(2)));
        if (ends.isEmpty()) {
            add(node, "0", NONE, NONE, "no datagram was seen");
        }
    }

    private void mend(String node, String how) {
        if (!how.isEmpty()) {
            mends.computeIfAbsent(how, none -> new TreeSet<>()).add(node);
        }
    }

    private static String orNone(String text) {
        return text.isEmpty() ? NONE : text;
    }

    private void add(String... cells) {
        String[] row = cells.clone();
        for (int i = 0; i < row.length; i++) {
            row[i] = row[i].replaceAll("\\p{Cntrl}", "?");
        }
        rows.add(row);
    }

    /** Each column is as wide as what is in it; the last one is not filled up. */
    @Override
    public String toString() {
        int last = rows.getFirst().length - 1;
        StringBuilder text = new StringBuilder();
        for (String[] row : rows) {
            for (int i = 0; i < last; i++) {
                int column = i;
                int width = rows.stream()
                        .mapToInt(each -> each[column].length())
                        .max()
                        .orElse(0);
                text.append(row[i]).append(" ".repeat(width - row[i].length())).append(GAP);
            }
            text.append(row[last]).append('\n');
        }
        mends.forEach((how, nodes) -> text.append("mend, ")
                .append(String.join(", ", nodes))
                .append(": ")
                .append(how.replaceAll("\\p{Cntrl}", "?"))
                .append('\n'));
        return text.toString();
    }
}
