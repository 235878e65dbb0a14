package dev.udpfanout.bench.program;

import dev.udpfanout.lab.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** What the kernel program costs by itself, a packet: BPF_PROG_TEST_RUN with many repetitions. */
public final class ProgramCost {
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private ProgramCost() {}

    /**
     * Measures all cases by turns.
     *
     * @param rounds how many values of each
     * @param runsInRound how many times {@value TestRuns#REPEAT} packets make a value
     * @param progress told how many rounds are done
     * @return nanoseconds a packet, by case, a value a round
     * @throws IllegalStateException if a packet did not go the way that is measured
     */
    public static Map<String, List<Double>> measure(int rounds, int runsInRound, IntConsumer progress) {
        try (Topology topology = TestRuns.network()) {
            return topology.node().call(() -> inNode(rounds, runsInRound, progress), LIMIT);
        }
    }

    private static Map<String, List<Double>> inNode(int rounds, int runsInRound, IntConsumer progress) {
        Map<String, List<Double>> values = new LinkedHashMap<>();
        try (TestRuns runs = TestRuns.open()) {
            for (int round = 0; round < rounds; round++) {
                for (String packet : runs.packets()) {
                    values.computeIfAbsent(packet, name -> new ArrayList<>()).add(median(runs, packet, runsInRound));
                }
                progress.accept(round + 1);
            }
        }
        return values;
    }

    /** The median and not the mean: an interrupt makes one run long, and says nothing about the program. */
    private static double median(TestRuns runs, String packet, int count) {
        int[] sorted =
                IntStream.range(0, count).map(run -> runs.run(packet)).sorted().toArray();
        return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2.0;
    }
}
