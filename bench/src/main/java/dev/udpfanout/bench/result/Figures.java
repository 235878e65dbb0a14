package dev.udpfanout.bench.result;

import dev.udpfanout.bench.statistics.Estimate;
import java.util.Locale;

/** Numbers for people: three digits that count, and no more. */
public final class Figures {
    private static final int THOUSAND = 1000;
    private static final int HUNDRED = 100;
    private static final int TEN = 10;

    private Figures() {}

    public static String text(double value) {
        double size = Math.abs(value);
        if (Double.isNaN(value)) {
            return "-";
        }
        if (size >= THOUSAND || value == Math.rint(value)) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        return String.format(Locale.ROOT, size >= HUNDRED ? "%.0f" : size >= TEN ? "%.1f" : "%.2f", value);
    }

    /** The median, and the interval in brackets. */
    public static String text(Estimate estimate) {
        return text(estimate.median()) + " [" + text(estimate.low()) + ", " + text(estimate.high()) + "]";
    }
}
