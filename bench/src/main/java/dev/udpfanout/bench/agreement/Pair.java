package dev.udpfanout.bench.agreement;

import dev.udpfanout.bench.result.Figures;

/** The same figure of two runs. */
record Pair(ComparedFigure first, ComparedFigure second) {
    /**
     * Whether the runs say the same: the intervals overlap, or the medians are closer than the margin. An interval
     * holds what changes from round to round; what changes from run to run, such as where code lies in memory, is not
     * in it, so two very narrow ones may stand side by side and still say the same.
     *
     * @param margin a share of the smaller median
     */
    boolean agrees(double margin) {
        var one = first.estimate();
        var other = second.estimate();
        boolean overlap = one.low() <= other.high() && other.low() <= one.high();
        double smaller = Math.min(Math.abs(one.median()), Math.abs(other.median()));
        return overlap || Math.abs(one.median() - other.median()) <= margin * smaller;
    }

    /** A line for people: what, both figures, the second over the first. */
    String line() {
        return "%s: %s and %s, %s times"
                .formatted(
                        first.what(),
                        Figures.text(first.estimate()),
                        Figures.text(second.estimate()),
                        Figures.text(
                                second.estimate().median() / first.estimate().median()));
    }
}
