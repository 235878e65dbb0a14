package dev.udpfanout.bench.statistics;

import java.util.Arrays;
import java.util.Collection;
import org.apache.commons.math3.distribution.BinomialDistribution;
import org.apache.commons.math3.stat.descriptive.rank.Median;

/**
 * A median and how sure it is.
 *
 * @param median of the rounds
 * @param low end of the confidence interval
 * @param high end of the confidence interval
 * @param confidence that the true median is inside; below {@link #WANTED} where there are too few rounds for that
 * @param rounds how many values there were
 */
public record Estimate(double median, double low, double high, double confidence, int rounds) {
    /** What the interval is made for. */
    public static final double WANTED = 0.95;

    /**
     * From the order statistics, which takes nothing for granted of the distribution: the interval between the k-th
     * smallest and the k-th largest value covers the median unless fewer than k values lie on one side of it.
     *
     * @throws IllegalArgumentException without values
     */
    public static Estimate of(Collection<Double> values) {
        return of(values, WANTED);
    }

    /**
     * As above, for an interval that is to cover the median with another confidence.
     *
     * @param wanted 0 to 1
     */
    public static Estimate of(Collection<Double> values, double wanted) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        if (sorted.length == 0) {
            throw new IllegalArgumentException("no values to estimate from");
        }
        BinomialDistribution below = new BinomialDistribution(null, sorted.length, 0.5);
        int k = 1;
        while (2 * (k + 1) <= sorted.length && coverage(below, k + 1) >= wanted) {
            k++;
        }
        return new Estimate(
                new Median().evaluate(sorted),
                sorted[k - 1],
                sorted[sorted.length - k],
                Math.max(0, coverage(below, k)),
                sorted.length);
    }

    private static double coverage(BinomialDistribution below, int k) {
        return 1 - 2 * below.cumulativeProbability(k - 1);
    }

    /** As {@link #of(Collection)}. */
    public static Estimate of(double... values) {
        return of(Arrays.stream(values).boxed().toList());
    }

    /** Whether the true median is at most the limit: true, false, or too uncertain to say. */
    public Judgement atMost(double limit) {
        return high <= limit ? Judgement.MET : low > limit ? Judgement.MISSED : Judgement.TOO_NOISY;
    }

    /** Whether the true median is at least the limit. */
    public Judgement atLeast(double limit) {
        return low >= limit ? Judgement.MET : high < limit ? Judgement.MISSED : Judgement.TOO_NOISY;
    }
}
