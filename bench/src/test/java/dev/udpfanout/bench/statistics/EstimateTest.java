package dev.udpfanout.bench.statistics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("unit")
class EstimateTest {
    @Test
    void shouldTakeTheOrderStatisticsThatCoverTheMedian() {
        // Eleven values: the 2nd and the 10th cover with 98.8 %, the 3rd and the 9th with 93.5 %.
        Estimate estimate = Estimate.of(5, 1, 9, 3, 11, 7, 2, 10, 4, 8, 6);
        assertEquals(6, estimate.median());
        assertEquals(2, estimate.low());
        assertEquals(10, estimate.high());
        assertEquals(0.988, estimate.confidence(), 0.001);
    }

    @Test
    void shouldSayHowLittleItKnowsWhenThereAreFewRounds() {
        assertEquals(0, Estimate.of(3).confidence());
        assertEquals(0.9375, Estimate.of(1, 2, 3, 4, 5).confidence(), 1e-9);
        assertThrows(IllegalArgumentException.class, () -> Estimate.of(List.of()));
    }

    /** Skewed like latencies are: the interval needs no bell curve. */
    @ParameterizedTest
    @ValueSource(ints = {7, 11, 15, 25})
    void shouldCoverTheTrueMedianAsOftenAsItSays(int rounds) {
        Random random = new Random(rounds);
        double trueMedian = Math.log(2);
        int runs = 4000;
        int covered = 0;
        double said = 0;
        for (int run = 0; run < runs; run++) {
            Estimate estimate = Estimate.of(DoubleStream.generate(() -> -Math.log(1 - random.nextDouble()))
                    .limit(rounds)
                    .toArray());
            covered += estimate.low() <= trueMedian && trueMedian <= estimate.high() ? 1 : 0;
            said = estimate.confidence();
        }
        assertTrue(said >= Estimate.WANTED, "said " + said);
        assertEquals(said, (double) covered / runs, 0.015);
    }

    @Test
    void shouldJudgeOnlyWhatTheIntervalAllows() {
        Estimate estimate = new Estimate(10, 9, 12, 0.95, 11);
        assertEquals(Judgement.MET, estimate.atMost(12));
        assertEquals(Judgement.TOO_NOISY, estimate.atMost(11));
        assertEquals(Judgement.MISSED, estimate.atMost(8.9));
        assertEquals(Judgement.MET, estimate.atLeast(9));
        assertEquals(Judgement.TOO_NOISY, estimate.atLeast(10));
        assertEquals(Judgement.MISSED, estimate.atLeast(12.1));
    }
}
