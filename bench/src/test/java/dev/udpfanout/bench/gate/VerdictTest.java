package dev.udpfanout.bench.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class VerdictTest {
    private static final double MARGIN = 0.03;
    private static final int ROUNDS = 25;

    /** Two builds on a machine whose speed drifts, by a factor of two, and jitters, by a tenth. */
    private static Comparison comparison(Random random, double change) {
        List<Double> before = new ArrayList<>();
        List<Double> now = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            double speed = 1 + Math.sin(round / 4.0) / 2;
            before.add(100 * speed * (1 + 0.1 * random.nextDouble()));
            now.add(100 * change * speed * (1 + 0.1 * random.nextDouble()));
        }
        return new Comparison("a load", before, now);
    }

    @Test
    void shouldTellFasterFromSlowerOnAMachineThatDrifts() {
        Random random = new Random(1);
        assertEquals(Verdict.SLOWER, Verdict.of(comparison(random, 1.15).ratio(), MARGIN));
        assertEquals(Verdict.FASTER, Verdict.of(comparison(random, 0.85).ratio(), MARGIN));
        assertEquals(Verdict.UNDECIDED, Verdict.of(comparison(random, 1).ratio(), MARGIN));
        assertEquals(Verdict.UNDECIDED, Verdict.of(comparison(random, 1.03).ratio(), MARGIN));
    }

    @Test
    void shouldNotCallEqualBuildsSlowerWhenThereAreManyFigures() {
        Random random = new Random(2);
        int wrong = 0;
        for (int figure = 0; figure < 4000; figure++) {
            wrong += Verdict.of(comparison(random, 1).ratio(), 0) == Verdict.UNDECIDED ? 0 : 1;
        }
        assertTrue(wrong <= 12, wrong + " of 4,000; one in a thousand is meant");
    }

    @Test
    void shouldPrintRatioIntervalAndVerdict() {
        Comparison comparison = new Comparison("a load", List.of(100.0, 100.0, 100.0), List.of(150.0, 160.0, 170.0));
        assertTrue(comparison.line(MARGIN).startsWith("a load "), comparison.line(MARGIN));
        assertTrue(comparison.line(MARGIN).endsWith("1.60 [1.50, 1.70]  slower"), comparison.line(MARGIN));
    }
}
