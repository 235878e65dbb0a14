package dev.udpfanout.bench.report;

import dev.udpfanout.bench.contestant.Contestant;
import dev.udpfanout.bench.latency.Series;
import dev.udpfanout.bench.result.Results;
import dev.udpfanout.bench.statistics.Estimate;
import dev.udpfanout.bench.throughput.Traffic;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What the number of senders changes, for the ways that an operator chooses from. */
final class SendersCharts {
    private static final double THOUSAND = 1e3;

    private SendersCharts() {}

    /** A way's figure with so many senders. */
    record Figure(String contestant, int senders, Estimate estimate) {}

    static Optional<Chart> throughput(Results results) {
        List<Figure> shown = sorted(results.throughput().stream()
                .filter(each -> each.sizes().equals(Traffic.MIX))
                .map(each -> new Figure(each.contestant(), each.senders(), each.deliveredPerSecond()))
                .toList());
        return chart(
                shown,
                "Does it matter how many send?",
                "Thousand datagrams a second, with intervals; mixed sizes",
                THOUSAND,
                " k",
                SendersAnswer.ofRates(shown));
    }

    static Optional<Chart> latency(Results results) {
        List<Figure> shown = sorted(results.latency().stream()
                .filter(each -> each.series().equals(Series.BLOCKING.toString()))
                .map(each -> new Figure(each.contestant(), each.senders(), each.p50()))
                .toList());
        return chart(
                shown,
                "And for how long a datagram takes?",
                "µs one way, p50 with intervals; receivers " + Series.BLOCKING,
                1,
                " µs",
                SendersAnswer.ofTimes(shown));
    }

    private static List<Figure> sorted(List<Figure> figures) {
        return figures.stream()
                .filter(each -> Charts.isChoice(each.contestant))
                .sorted(Comparator.comparing((Figure each) -> contestant(each).ordinal())
                        .thenComparing(Figure::senders))
                .toList();
    }

    private static Contestant contestant(Figure each) {
        return Contestant.valueOf(each.contestant.toUpperCase(Locale.ROOT));
    }

    /** Nothing if there is only one number of senders. */
    private static Optional<Chart> chart(
            List<Figure> shown, String question, String scale, double unit, String unitText, String answer) {
        if (shown.stream().map(Figure::senders).distinct().count() < 2) {
            return Optional.empty();
        }
        Bars bars = Bars.linear();
        shown.forEach(each ->
                bars.add("%s, senders: %,d".formatted(each.contestant, each.senders), each.estimate, unit, unitText));
        return bars.svg().map(svg -> new Chart(question, svg, scale, answer));
    }
}
