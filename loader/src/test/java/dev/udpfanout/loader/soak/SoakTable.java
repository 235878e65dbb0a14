package dev.udpfanout.loader.soak;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The figures of a run as Markdown; pure. */
final class SoakTable {
    private SoakTable() {}

    /** A sentence, and a row for each figure; each line ended. */
    static String of(List<Sample> samples) {
        Sample last = samples.getLast();
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%d minutes, %d samples; %,d datagrams sent, %,d a second; %,d lost, and the machine's own queues counted %,d; %,d arrived twice%n%n",
                last.seconds() / 60,
                samples.size(),
                last.sent(),
                last.sent() / Math.max(1, last.seconds()),
                last.lost(),
                last.overflowed(),
                last.duplicates()));
        text.append("| | second quarter, median | last quarter, median | least | most |\n");
        text.append("| --- | ---: | ---: | ---: | ---: |\n");
        for (Figure figure : Figure.ALL) {
            double[] values = figure.values(samples);
            text.append(row(
                    figure,
                    median(Growth.secondQuarter(values)),
                    median(Growth.lastQuarter(values)),
                    Arrays.stream(values).min().orElseThrow(),
                    Arrays.stream(values).max().orElseThrow()));
        }
        return text.toString();
    }

    /** Of an even number of values the higher of the two in the middle. */
    private static double median(double[] values) {
        double[] sorted = Arrays.stream(values).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private static String row(Figure figure, double... values) {
        StringBuilder row = new StringBuilder("| " + figure.name());
        for (double value : values) {
            row.append(" | ").append(String.format(Locale.ROOT, "%,." + figure.decimals() + "f", value));
        }
        return row.append(" |\n").toString();
    }
}
