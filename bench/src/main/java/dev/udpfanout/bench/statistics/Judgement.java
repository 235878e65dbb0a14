package dev.udpfanout.bench.statistics;

import java.util.Locale;

/** What an estimate says of a limit. */
public enum Judgement {
    MET,
    MISSED,
    /** The limit is within the confidence interval. */
    TOO_NOISY;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
