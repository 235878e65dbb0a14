package dev.udpfanout.bench.suite;

import dev.udpfanout.bench.contestant.Contestant;
import dev.udpfanout.bench.throughput.Traffic;
import java.time.Duration;
import java.util.List;

/**
 * What is to be measured.
 *
 * @param parts which kinds of measurement
 * @param contestants in the order in which they take their turns
 * @param pods 1 or more
 * @param rounds of each measurement
 * @param latency how long a round of latency lasts, and {@code perSecond} its schedule
 * @param latencySenders numbers of senders of the latency rounds; the first is what the quoted table is of
 * @param flood how long a flood lasts
 * @param traffic of the floods; the first is what the quoted table is of
 * @param growthContestants for which more endpoints are measured
 * @param growthEndpoints numbers of endpoints; the first is what the others are compared with
 * @param growthListeners number of listeners for one more row, with the first number of endpoints
 * @param swapEndpoints sizes of endpoint tables, 2 or more
 */
public record Plan(
        List<Part> parts,
        List<Contestant> contestants,
        int pods,
        int rounds,
        Duration latency,
        int perSecond,
        List<Integer> latencySenders,
        Duration flood,
        List<Traffic> traffic,
        List<Contestant> growthContestants,
        List<Integer> growthEndpoints,
        int growthListeners,
        List<Integer> swapEndpoints) {

    /** A kind of measurement. */
    public enum Part {
        LATENCY,
        THROUGHPUT,
        GROWTH,
        HOPS,
        PROGRAM,
        CONTENTION,
        SWAP,
        WORKERS
    }

    public Plan {
        parts = List.copyOf(parts);
        contestants = List.copyOf(contestants);
    }

    boolean has(Part part) {
        return parts.contains(part);
    }
}
