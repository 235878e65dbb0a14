package dev.udpfanout.bench.report;

import dev.udpfanout.bench.report.SendersCharts.Figure;
import dev.udpfanout.bench.result.Figures;
import dev.udpfanout.bench.throughput.Traffic;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Which way the number of senders slows most. */
final class SendersAnswer {
    private SendersAnswer() {}

    static String ofRates(List<Figure> shown) {
        return text(ratios(shown).min(Map.Entry.comparingByValue()), "delivers");
    }

    static String ofTimes(List<Figure> shown) {
        return text(ratios(shown).max(Map.Entry.comparingByValue()), "takes");
    }

    private static String text(Optional<Map.Entry<String, Double>> worst, String verb) {
        return worst.map(each -> "With a thousand senders " + each.getKey() + " " + verb + " "
                        + Figures.text(each.getValue())
                        + " times what it does with one; no way changes for the worse by more.")
                .orElse("Only one number of senders was measured for each way.");
    }

    /** By way: a thousand senders' figure over one sender's. */
    private static Stream<Map.Entry<String, Double>> ratios(List<Figure> shown) {
        Map<String, Double> ratios = new TreeMap<>();
        for (Figure many : shown) {
            shown.stream()
                    .filter(one -> many.senders() == Traffic.MANY_SENDERS
                            && one.senders() == 1
                            && one.contestant().equals(many.contestant()))
                    .forEach(one -> ratios.put(
                            many.contestant(),
                            many.estimate().median() / one.estimate().median()));
        }
        return ratios.entrySet().stream();
    }
}
