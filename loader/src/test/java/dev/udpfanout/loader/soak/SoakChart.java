package dev.udpfanout.loader.soak;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The samples of a run as an SVG picture, a panel below the other over the same time; pure. It reads in light and dark.
 */
final class SoakChart {
    private static final int WIDTH = 960;
    private static final int LEFT = 70;
    private static final int RIGHT = 16;
    private static final int TOP = 24;
    private static final int TITLE = 26;
    private static final int PLOT = 84;
    private static final int PANEL = TITLE + PLOT + 18;
    private static final int AXIS = 30;
    private static final int TEXT_UP = 8;
    private static final int TEXT_DOWN = 4;
    private static final int MOST_TICKS = 12;

    /** Minutes between two marks of the time axis. */
    private static final int[] STEPS = {1, 2, 5, 10, 15, 30, 60, 120};

    /** Figures that share a panel and its scale; the last one is drawn on top. */
    private static final List<List<Figure>> PANELS = List.of(
            List.of(Figure.RESIDENT, Figure.ANONYMOUS, Figure.HEAP),
            List.of(Figure.DESCRIPTORS, Figure.THREADS),
            List.of(Figure.ENTRIES, Figure.MAPS),
            List.of(Figure.MAPS_MIB),
            List.of(Figure.CPU),
            List.of(Figure.RATE),
            List.of(Figure.LOST, Figure.OVERFLOWED));

    private static final String STYLE = """
              <style>
                .page { fill: #ffffff }
                .plot { fill: #f6f8fa }
                text { font-family: system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; font-size: 13px; fill: #1f2328 }
                .small { font-size: 12px; fill: #57606a }
                .scale { text-anchor: end }
                .time { text-anchor: middle }
                .grid { stroke: #d0d7de }
                .line { fill: none; stroke-width: 1.5; stroke-linejoin: round }
                .first { stroke: #0969da } .second { stroke: #bc4c00 } .third { stroke: #1a7f37 }
                text .first { fill: #0969da; stroke: none } text .second { fill: #bc4c00; stroke: none } text .third { fill: #1a7f37; stroke: none }
                @media (prefers-color-scheme: dark) {
                  .page { fill: #0d1117 } .plot { fill: #161b22 } .grid { stroke: #30363d }
                  text { fill: #e6edf3 } .small { fill: #9da7b3 }
                  .first { stroke: #58a6ff } .second { stroke: #f0883e } .third { stroke: #3fb950 }
                  text .first { fill: #58a6ff } text .second { fill: #f0883e } text .third { fill: #3fb950 }
                }
              </style>
            """;

    private static final List<String> CLASSES = List.of("first", "second", "third");

    private final List<Sample> samples;
    private final StringBuilder svg = new StringBuilder();

    private SoakChart(List<Sample> samples) {
        this.samples = samples;
    }

    /** @param samples at least two */
    static String svg(List<Sample> samples) {
        return new SoakChart(samples).draw();
    }

    private String draw() {
        int height = TOP + PANELS.size() * PANEL + AXIS;
        svg.append(String.format(
                Locale.ROOT,
                """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d" role="img" aria-labelledby="title desc">
                  <title id="title">The daemon over %3$d minutes under load</title>
                  <desc id="desc">Lines over time: %4$s.</desc>
                """,
                WIDTH,
                height,
                samples.getLast().seconds() / 60,
                String.join(
                        "; ",
                        PANELS.stream().flatMap(List::stream).map(Figure::name).toList())));
        svg.append(STYLE);
        svg.append(String.format("  <rect class=\"page\" width=\"%d\" height=\"%d\" rx=\"8\"/>%n", WIDTH, height));
        for (int i = 0; i < PANELS.size(); i++) {
            panel(PANELS.get(i), TOP + i * PANEL);
        }
        timeAxis(TOP + PANELS.size() * PANEL);
        return svg.append("</svg>\n").toString();
    }

    private void panel(List<Figure> figures, int top) {
        StringBuilder title = new StringBuilder();
        for (int i = 0; i < figures.size(); i++) {
            title.append(i == 0 ? "" : " · ")
                    .append("<tspan class=\"%s\">%s</tspan>"
                            .formatted(CLASSES.get(i), figures.get(i).name()));
        }
        text("", LEFT, top + TITLE - TEXT_UP, title.toString());
        svg.append("  <rect class=\"plot\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>%n"
                .formatted(LEFT, top + TITLE, WIDTH - LEFT - RIGHT, PLOT));
        List<double[]> lines =
                figures.stream().map(figure -> figure.values(samples)).toList();
        double most = lines.stream().flatMapToDouble(Arrays::stream).max().orElseThrow();
        Scale scale = Scale.upTo(most);
        for (double mark = 0; mark <= scale.top(); mark += scale.step()) {
            int y = y(top, mark, scale);
            svg.append("  <line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>%n"
                    .formatted(LEFT, WIDTH - RIGHT, y, y));
            text("small scale", LEFT - TEXT_UP, y + TEXT_DOWN, scale.text(mark));
        }
        for (int i = 0; i < lines.size(); i++) {
            line(CLASSES.get(i), lines.get(i), top, scale);
        }
    }

    private void line(String name, double[] values, int top, Scale scale) {
        StringBuilder points = new StringBuilder();
        for (int i = 0; i < values.length; i++) {
            points.append(String.format(
                    Locale.ROOT,
                    "%s%.1f,%d",
                    i == 0 ? "" : " ",
                    x(samples.get(i + 1).seconds()),
                    y(top, values[i], scale)));
        }
        svg.append("  <polyline class=\"line %s\" points=\"%s\"/>%n".formatted(name, points));
    }

    private void timeAxis(int top) {
        long minutes = samples.getLast().seconds() / 60;
        int step = Arrays.stream(STEPS)
                .filter(each -> minutes / each <= MOST_TICKS)
                .findFirst()
                .orElse(STEPS[STEPS.length - 1]);
        for (long minute = 0; minute <= minutes; minute += step) {
            text("small time", Math.round(x(minute * 60)), top + TEXT_UP, Long.toString(minute));
        }
        text("small time", LEFT + (WIDTH - LEFT - RIGHT) / 2, top + TEXT_UP + 16, "minutes");
    }

    private void text(String name, long x, int y, String text) {
        svg.append("  <text class=\"%s\" x=\"%d\" y=\"%d\">%s</text>%n".formatted(name, x, y, text));
    }

    private double x(long seconds) {
        return LEFT
                + (double) (WIDTH - LEFT - RIGHT)
                        * seconds
                        / Math.max(1, samples.getLast().seconds());
    }

    private static int y(int top, double value, Scale scale) {
        return (int) Math.round(top + TITLE + PLOT * (1 - value / scale.top()));
    }

    /** Marks of a scale from zero on, at one, two or five times a power of ten. */
    private record Scale(double step, double top) {
        private static final int MOST_STEPS = 4;
        private static final double[] FACTORS = {1, 2, 5, 10};

        private static Scale upTo(double most) {
            double step = Math.pow(10, Math.floor(Math.log10(Math.max(MOST_STEPS, most) / MOST_STEPS)));
            for (double factor : FACTORS) {
                if (most <= MOST_STEPS * factor * step) {
                    step *= factor;
                    break;
                }
            }
            return new Scale(step, step * Math.max(1, Math.ceil(most / step)));
        }

        private String text(double mark) {
            return String.format(Locale.ROOT, "%,.0f", mark);
        }
    }
}
