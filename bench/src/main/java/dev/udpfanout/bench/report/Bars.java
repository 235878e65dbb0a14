package dev.udpfanout.bench.report;

import dev.udpfanout.bench.result.Figures;
import dev.udpfanout.bench.statistics.Estimate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Horizontal bars, each with its name and its figure beside it: no legend to look things up in. Coordinates are shares
 * of the width, so that text keeps its size on a narrow screen; colours are the page's, light or dark.
 */
final class Bars {
    private static final int ROW_PIXELS = 36;
    private static final int TEXT_AT = 14;
    private static final int BAR_AT = 20;
    private static final int BAR_PIXELS = 9;
    private static final double PERCENT = 100;
    /** What a bar may take, so that the end of the longest interval is inside. */
    private static final double WIDEST = 98;

    /** @param text of the figure; {@code marks} further points on the same line */
    private record Row(String name, String text, double value, double low, double high, List<Double> marks) {}

    private final List<Row> rows = new ArrayList<>();
    private final boolean logarithmic;

    private Bars(boolean logarithmic) {
        this.logarithmic = logarithmic;
    }

    static Bars linear() {
        return new Bars(false);
    }

    /** For figures that differ by powers of ten. */
    static Bars logarithmic() {
        return new Bars(true);
    }

    /** A bar with its interval. */
    void add(String name, Estimate estimate, double unit, String unitText) {
        rows.add(new Row(
                name,
                Figures.text(estimate.median() / unit) + unitText,
                estimate.median() / unit,
                estimate.low() / unit,
                estimate.high() / unit,
                List.of()));
    }

    /** A bar with further points, each with its name in the text. */
    void add(String name, String text, double value, List<Double> marks) {
        rows.add(new Row(name, text, value, value, value, marks));
    }

    /** Empty without rows. */
    Optional<String> svg() {
        if (rows.isEmpty()) {
            return Optional.empty();
        }
        StringBuilder svg = new StringBuilder(
                "<svg width=\"100%%\" height=\"%d\" role=\"img\">".formatted(rows.size() * ROW_PIXELS));
        for (int i = 0; i < rows.size(); i++) {
            row(svg, rows.get(i), i * ROW_PIXELS);
        }
        return Optional.of(svg.append("</svg>").toString());
    }

    private void row(StringBuilder svg, Row row, int top) {
        int middle = top + BAR_AT + BAR_PIXELS / 2;
        svg.append("<text x=\"0\" y=\"%d\">%s</text>".formatted(top + TEXT_AT, Table.escaped(row.name)));
        svg.append("<text class=\"figure\" x=\"100%%\" y=\"%d\">%s</text>"
                .formatted(top + TEXT_AT, Table.escaped(row.text)));
        svg.append("<rect class=\"track\" x=\"0\" y=\"%d\" width=\"100%%\" height=\"%d\"/>"
                .formatted(top + BAR_AT, BAR_PIXELS));
        svg.append("<rect class=\"bar\" x=\"0\" y=\"%d\" width=\"%s\" height=\"%d\"/>"
                .formatted(top + BAR_AT, share(row.value), BAR_PIXELS));
        if (row.high > row.low) {
            svg.append("<line class=\"interval\" x1=\"%s\" x2=\"%s\" y1=\"%d\" y2=\"%d\"/>"
                    .formatted(share(row.low), share(row.high), middle, middle));
        }
        row.marks.forEach(mark ->
                svg.append("<circle class=\"mark\" cx=\"%s\" cy=\"%d\" r=\"4\"/>".formatted(share(mark), middle)));
    }

    private String share(double value) {
        return String.format(Locale.ROOT, "%.2f%%", WIDEST * scaled(value) / scaled(most()));
    }

    private double scaled(double value) {
        return logarithmic ? Math.log10(Math.max(1, value)) : Math.max(0, value);
    }

    private double most() {
        double most = 0;
        for (Row row : rows) {
            most = Math.max(
                    most,
                    Math.max(
                            row.high,
                            row.marks.stream().mapToDouble(each -> each).max().orElse(0)));
        }
        return most <= 0 ? 1 : logarithmic ? Math.max(most, 10) : most;
    }
}
