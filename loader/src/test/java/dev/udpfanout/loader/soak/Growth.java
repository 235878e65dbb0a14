package dev.udpfanout.loader.soak;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Whether a figure grows without bound; pure. The rule: its lowest tenth in the last quarter of the run is no higher
 * than in the second quarter and what is allowed. The lowest tenth is the value that a tenth of the samples are not
 * above: what goes up and down, as garbage and the threads of a pool do, comes back to it, and what leaks does not; and
 * a moment in which endpoints are gone does not decide. The first quarter does not count, because a JVM warms up, and
 * what is allowed does not depend on the run's length: a longer run sees a slower leak.
 *
 * @param figure what was measured, in words with its unit
 * @param early its lowest tenth in the second quarter
 * @param late its lowest tenth in the last quarter
 * @param allowed how much higher the second one may be
 */
record Growth(String figure, double early, double late, double allowed) {
    /** A run that is shorter says nothing about growth: its second quarter is the warm-up of a JVM, too. */
    static final long MIN_SECONDS = 1_800;

    private static final int MIN_SAMPLES = 20;

    /**
     * How a figure is judged.
     *
     * @param allowedShare of the early median
     * @param allowed and so much
     */
    private record Rule(Figure figure, double allowedShare, double allowed) {
        private Growth judge(List<Sample> samples) {
            double early = lowestTenth(secondQuarter(figure.values(samples)));
            double late = lowestTenth(lastQuarter(figure.values(samples)));
            return new Growth(figure.name(), early, late, early * allowedShare + allowed);
        }
    }

    /** A full collection, which makes the resident set small again, may come later than in a quarter of the run. */
    private static final List<Rule> RULES = List.of(
            new Rule(Figure.RESIDENT, 0.1, 0),
            new Rule(Figure.DESCRIPTORS, 0, 2),
            new Rule(Figure.THREADS, 0, 2),
            new Rule(Figure.MAPS, 0, 0),
            new Rule(Figure.ENTRIES, 0, 2),
            new Rule(Figure.MAPS_MIB, 0.01, 0));

    boolean isUnbounded() {
        return late > early + allowed;
    }

    /** In a sentence. */
    String text() {
        return String.format(
                Locale.ROOT,
                "%s: lowest tenth %,.1f in the second quarter, %,.1f in the last%s",
                figure,
                early,
                late,
                isUnbounded() ? String.format(Locale.ROOT, ", which is more than %,.1f higher", allowed) : "");
    }

    /**
     * Judges every figure.
     *
     * @return empty if the run was too short
     */
    static Optional<List<Growth>> judge(List<Sample> samples) {
        if (samples.size() < MIN_SAMPLES || samples.getLast().seconds() < MIN_SECONDS) {
            return Optional.empty();
        }
        return Optional.of(RULES.stream().map(rule -> rule.judge(samples)).toList());
    }

    /** Of values over a run, those of its second quarter; of fewer than four, one. */
    static double[] secondQuarter(double[] values) {
        int from = values.length / 4;
        return Arrays.copyOfRange(values, from, Math.max(from + 1, values.length / 2));
    }

    /** Of values over a run, those of its last quarter; of fewer than four, one. */
    static double[] lastQuarter(double[] values) {
        return Arrays.copyOfRange(values, values.length - Math.max(1, values.length / 4), values.length);
    }

    private static double lowestTenth(double[] values) {
        return Arrays.stream(values).sorted().toArray()[values.length / 10];
    }
}
