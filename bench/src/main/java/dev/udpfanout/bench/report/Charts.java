package dev.udpfanout.bench.report;

import dev.udpfanout.bench.latency.Series;
import dev.udpfanout.bench.result.Results;
import java.awt.Color;
import java.awt.Font;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The plots, as SVG. */
final class Charts {
    private static final int WIDTH = 900;
    private static final int HEIGHT = 460;
    private static final int BAR_PIXELS = 36;
    private static final double HUNDRED = 100;
    private static final String FONT = Font.SANS_SERIF;
    private static final Color LINES = new Color(0xdd, 0xdd, 0xdd);

    private Charts() {}

    /**
     * Percentiles of latency, a line a path; the further right, the rarer: 10, 100, 1,000 stand for p90, p99, p99.9.
     */
    static Optional<String> percentiles(Results results, Series series) {
        List<Results.Latency> shown = results.latency().stream()
                .filter(each -> each.series().equals(series.toString()))
                .toList();
        if (shown.isEmpty()) {
            return Optional.empty();
        }
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .xAxisTitle("1 datagram in N takes longer (10: p90, 100: p99, 1,000: p99.9)")
                .yAxisTitle("µs, one way")
                .build();
        style(chart);
        chart.getStyler().setXAxisLogarithmic(true);
        chart.getStyler().setYAxisLogarithmic(true);
        chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
        for (Results.Latency each : shown) {
            List<Double> rarity = new ArrayList<>();
            List<Double> micros = new ArrayList<>();
            for (Map.Entry<Double, Double> point : each.curve().entrySet()) {
                rarity.add(HUNDRED / (HUNDRED - point.getKey()));
                micros.add(Math.max(point.getValue(), 1e-3));
            }
            chart.addSeries(each.contestant(), rarity, micros).setMarker(SeriesMarkers.NONE);
        }
        return Optional.of(svg(chart));
    }

    /** Datagrams delivered a second, a bar a path, for one size. */
    static Optional<String> throughput(Results results, int payloadBytes) {
        List<Results.Throughput> shown = results.throughput().stream()
                .filter(each -> each.payloadBytes() == payloadBytes)
                .toList();
        if (shown.isEmpty()) {
            return Optional.empty();
        }
        CategoryChart chart = bars("delivered a second, thousands");
        chart.addSeries(
                payloadBytes + " bytes",
                shown.stream().map(Results.Throughput::contestant).toList(),
                shown.stream()
                        .map(each -> each.deliveredPerSecond().median() / 1e3)
                        .toList());
        return Optional.of(svg(chart));
    }

    /** The parts of the way from the NIC to the pod, a stack a path. */
    static Optional<String> hops(Results results) {
        if (results.hops().isEmpty()) {
            return Optional.empty();
        }
        CategoryChart chart = bars("µs, medians");
        chart.getStyler().setStacked(true);
        List<String> paths = List.copyOf(results.hops().keySet());
        var splits = List.copyOf(results.hops().values());
        chart.addSeries(
                "DNAT and routing",
                paths,
                splits.stream().map(each -> each.dnatAndRouting()).toList());
        chart.addSeries(
                "turn-around",
                paths,
                splits.stream().map(each -> each.turnAround()).toList());
        chart.addSeries(
                "rewrite and redirect",
                paths,
                splits.stream().map(each -> each.rewriteAndRedirect()).toList());
        chart.getStyler().setLegendVisible(true);
        chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideS);
        chart.getStyler().setLegendLayout(Styler.LegendLayout.Horizontal);
        return Optional.of(svg(chart));
    }

    private static CategoryChart bars(String yAxis) {
        CategoryChart chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .yAxisTitle(yAxis)
                .build();
        style(chart);
        chart.getStyler().setLegendVisible(false);
        chart.getStyler().setAvailableSpaceFill(BAR_PIXELS / HUNDRED);
        chart.getStyler().setXAxisLabelRotation(40);
        return chart;
    }

    private static void style(Chart<?, ?> chart) {
        Styler styler = chart.getStyler();
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setChartTitleVisible(false);
        styler.setLegendBorderColor(Color.WHITE);
        styler.setPlotBorderVisible(false);
        styler.setLegendFont(new Font(FONT, Font.PLAIN, 13));
        if (styler instanceof org.knowm.xchart.style.AxesChartStyler axes) {
            axes.setPlotGridLinesColor(LINES);
            axes.setAxisTickLabelsFont(new Font(FONT, Font.PLAIN, 13));
            axes.setAxisTitleFont(new Font(FONT, Font.PLAIN, 13));
        }
    }

    private static String svg(Chart<?, ?> chart) {
        try (ByteArrayOutputStream out = new ByteArrayOutputStream()) {
            VectorGraphicsEncoder.saveVectorGraphic(chart, out, VectorGraphicsFormat.SVG);
            String svg = out.toString(StandardCharsets.UTF_8);
            // Inside a page: without the declarations of a file.
            return svg.substring(svg.indexOf("<svg"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
