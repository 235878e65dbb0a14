package dev.udpfanout.bench.gate;

import dev.udpfanout.bench.statistics.Estimate;
import java.util.Locale;

/** What the ratio of two costs says. */
enum Verdict {
    FASTER,
    SLOWER,
    UNDECIDED;

    /**
     * @param ratio cost now over cost before, round by round
     * @param margin a change of less than this share does not count: where code lies in memory makes one
     */
    static Verdict of(Estimate ratio, double margin) {
        if (ratio.low() > 1 + margin) {
            return SLOWER;
        }
        return ratio.high() < 1 - margin ? FASTER : UNDECIDED;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
