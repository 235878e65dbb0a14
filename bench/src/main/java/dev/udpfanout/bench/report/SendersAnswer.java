package dev.udpfanout.bench.report;

import dev.udpfanout.bench.result.Figures;
import dev.udpfanout.bench.result.Results;
import dev.udpfanout.bench.throughput.Traffic;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Which way the number of senders slows most. */
final class SendersAnswer {
    private SendersAnswer() {}

    static String of(List<Results.Throughput> shown) {
        Map<String, Double> ratios = new TreeMap<>();
        for (Results.Throughput many : shown) {
            shown.stream()
                    .filter(one -> many.senders() == Traffic.MANY_SENDERS
                            && one.senders() == 1
                            && one.contestant().equals(many.contestant()))
                    .forEach(one -> ratios.put(
                            many.contestant(),
                            many.deliveredPerSecond().median()
                                    / one.deliveredPerSecond().median()));
        }
        List<Map.Entry<String, Double>> all = new ArrayList<>(ratios.entrySet());
        return all.stream()
                .min(Comparator.comparingDouble(Map.Entry::getValue))
                .map(each -> "With a thousand senders " + each.getKey() + " delivers " + Figures.text(each.getValue())
                        + " times what it does with one; no way changes for the worse by more.")
                .orElse("Only one number of senders was measured for each way.");
    }
}
