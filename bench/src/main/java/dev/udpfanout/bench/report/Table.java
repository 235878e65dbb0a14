package dev.udpfanout.bench.report;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A table before it has a form. */
record Table(String title, List<String> columns, List<List<String>> rows) {
    String asText() {
        int[] widths = IntStream.range(0, columns.size())
                .map(column -> Math.max(
                        columns.get(column).length(),
                        rows.stream()
                                .mapToInt(row -> row.get(column).length())
                                .max()
                                .orElse(0)))
                .toArray();
        StringBuilder text = new StringBuilder(title).append("\n");
        text.append(line(columns, widths));
        rows.forEach(row -> text.append(line(row, widths)));
        return text.toString();
    }

    private static String line(List<String> cells, int[] widths) {
        String line = IntStream.range(0, cells.size())
                .mapToObj(column -> pad(cells.get(column), widths[column], column == 0))
                .collect(Collectors.joining("  ", "  ", ""));
        return line.stripTrailing() + "\n";
    }

    private static String pad(String cell, int width, boolean left) {
        String blanks = " ".repeat(width - cell.length());
        return left ? cell + blanks : blanks + cell;
    }

    String asMarkdown() {
        return columns.stream().collect(Collectors.joining(" | ", "| ", " |\n"))
                + columns.stream()
                        .map(column -> column.equals(columns.getFirst()) ? "---" : "---:")
                        .collect(Collectors.joining(" | ", "| ", " |\n"))
                + rows.stream()
                        .map(row -> row.stream().collect(Collectors.joining(" | ", "| ", " |\n")))
                        .collect(Collectors.joining());
    }

    String asHtml() {
        StringBuilder html = new StringBuilder("<div class=\"scroll\"><table><thead><tr>");
        columns.forEach(column -> html.append("<th>").append(escaped(column)).append("</th>"));
        html.append("</tr></thead><tbody>");
        for (List<String> row : rows) {
            html.append("<tr>");
            row.forEach(cell -> html.append("<td>").append(escaped(cell)).append("</td>"));
            html.append("</tr>");
        }
        return html.append("</tbody></table></div>\n").toString();
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
