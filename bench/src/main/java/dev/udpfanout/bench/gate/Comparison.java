package dev.udpfanout.bench.gate;

import dev.udpfanout.bench.result.Figures;
import dev.udpfanout.bench.statistics.Estimate;
import java.util.ArrayList;
import java.util.List;

/**
 * One cost of two builds, by round.
 *
 * @param what is compared
 * @param before the older build's, {@code now} the newer's, in the same unit; a value a round
 */
record Comparison(String what, List<Double> before, List<Double> now) {
    /**
     * Of the order statistics of one comparison of about forty: so that a run of two equal builds says "slower" of any
     * of them in one run of thirty, and not in each.
     */
    static final double CONFIDENCE = 0.999;

    /** The cost now over the cost before, round by round. */
    Estimate ratio() {
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < before.size(); round++) {
            ratios.add(now.get(round) / before.get(round));
        }
        return Estimate.of(ratios, CONFIDENCE);
    }

    /** A line for people: ratio, interval, verdict. */
    String line(double margin) {
        Estimate ratio = ratio();
        return "%-88s %s  %s".formatted(what, Figures.text(ratio), Verdict.of(ratio, margin));
    }
}
