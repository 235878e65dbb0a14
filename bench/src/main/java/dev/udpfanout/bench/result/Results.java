package dev.udpfanout.bench.result;

import dev.udpfanout.bench.hop.HopTimes;
import dev.udpfanout.bench.statistics.Estimate;
import dev.udpfanout.bench.statistics.Judgement;
import java.util.List;
import java.util.Map;

/**
 * All that a run has come to: what results.json holds, and what tables and page are made of.
 *
 * @param machine on which
 * @param settings what was asked for
 * @param latency a contestant and series each
 * @param throughput a contestant and kind of traffic each
 * @param growth how the cost of a datagram grows with endpoints and listeners
 * @param hops where the way over dummy0 spends its time, by contestant; empty without TCX
 * @param program what the kernel program costs by itself
 * @param contention what it costs when two CPUs run it at once
 * @param swaps replacement of a whole endpoint table
 * @param workers what a datagram costs in user space, by what decides which worker gets it
 * @param targets what was aimed at, and whether it was reached
 */
public record Results(
        Machine machine,
        Settings settings,
        List<Latency> latency,
        List<Throughput> throughput,
        List<Growth> growth,
        Map<String, HopTimes.Split> hops,
        List<ProgramFigure> program,
        List<Contention> contention,
        List<Swap> swaps,
        List<WorkerFigure> workers,
        List<Target> targets) {

    /** The same, with what was aimed at, by these figures. */
    public Results judged() {
        return new Results(
                machine,
                settings,
                latency,
                throughput,
                growth,
                hops,
                program,
                contention,
                swaps,
                workers,
                Targets.of(this));
    }

    /**
     * How the run was made.
     *
     * @param perSecond datagrams a second of a latency round
     * @param pods, rounds how many
     */
    public record Settings(String startedAt, int pods, int rounds, int latencyMs, int perSecond, int floodMs) {}

    /**
     * One way, microseconds.
     *
     * @param senders that take turns, each with an address and a port of its own
     * @param curve merged over the rounds: percentile to microseconds, for the plot
     */
    public record Latency(
            String contestant,
            String series,
            int senders,
            Estimate p50,
            Estimate p99,
            Estimate p999,
            long sent,
            long lost,
            List<Double> p50ByRound,
            Map<Double, Double> curve) {}

    /**
     * What a flood delivers.
     *
     * @param senders each with an address and a port of its own
     * @param sizes bytes of payload, or "mix"
     * @param busyNs CPU time of the whole machine for a datagram delivered, the sender's included
     * @param lostShare 0 to 1, the median
     */
    public record Throughput(
            String contestant,
            int senders,
            String sizes,
            Estimate deliveredPerSecond,
            Estimate busyNs,
            double lostShare,
            List<Double> deliveredByRound,
            List<Double> busyNsByRound) {}

    /** @param ratio delivered a second, over that with the fewest endpoints and one listener, by round */
    public record Growth(
            String contestant, int endpoints, int listeners, Estimate deliveredPerSecond, Estimate ratio) {}

    /** Microseconds; the ratio is Java's time over C's, by round. */
    public record Swap(int endpoints, Estimate javaFill, Estimate cFill, Estimate ratio, Estimate inUse) {}

    /**
     * One row of the table of targets.
     *
     * @param measured empty if it was not
     * @param unit for people; {@link #TIMES} if two measurements of a round were divided
     */
    public record Target(String what, String limit, String unit, Estimate measured, Judgement judgement) {
        /** The unit of a ratio. */
        public static final String TIMES = "times";
    }
}
