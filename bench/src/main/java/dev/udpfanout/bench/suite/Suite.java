package dev.udpfanout.bench.suite;

import dev.udpfanout.bench.contestant.Contestant;
import dev.udpfanout.bench.contestant.ContestantLab;
import dev.udpfanout.bench.contestant.Programs;
import dev.udpfanout.bench.hop.HopTimes;
import dev.udpfanout.bench.program.ProgramContention;
import dev.udpfanout.bench.program.ProgramCost;
import dev.udpfanout.bench.program.TableSwap;
import dev.udpfanout.bench.result.Contention;
import dev.udpfanout.bench.result.Machine;
import dev.udpfanout.bench.result.ProgramFigure;
import dev.udpfanout.bench.result.Results;
import dev.udpfanout.bench.result.WorkerFigure;
import dev.udpfanout.bench.statistics.Estimate;
import dev.udpfanout.bench.suite.Plan.Part;
import dev.udpfanout.bench.workers.WorkerCost;
import dev.udpfanout.lab.Bpffs;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Runs a plan, part after part; within a part, contestants take turns in every round. */
public final class Suite {
    private static final int PROGRAM_RUNS_IN_ROUND = 20;

    private final Plan plan;
    private final Programs programs;
    private final Progress progress;

    public Suite(Plan plan, Programs programs, Progress progress) {
        this.plan = plan;
        this.programs = programs;
        this.progress = progress;
    }

    /** Measures everything; the labs are gone when this returns or throws. */
    public Results run() {
        Bpffs.ensure();
        String startedAt = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        List<Results.Latency> latency = List.of();
        List<Results.Throughput> throughput = List.of();
        if (plan.has(Part.LATENCY) || plan.has(Part.THROUGHPUT)) {
            try (Labs labs = openAll()) {
                latency = plan.has(Part.LATENCY) ? new LatencyRounds(plan, progress).measure(labs.all()) : List.of();
                throughput = plan.has(Part.THROUGHPUT)
                        ? new ThroughputRounds(plan, programs, progress).measure(labs.all())
                        : List.of();
            }
        }
        List<Results.Growth> growth =
                plan.has(Part.GROWTH) ? new GrowthRounds(plan, programs, progress).measure() : List.of();
        Map<String, HopTimes.Split> hops =
                plan.has(Part.HOPS) ? new HopRounds(plan, programs, progress).measure() : Map.of();
        Results results = new Results(
                Machine.here(),
                new Results.Settings(
                        startedAt,
                        plan.pods(),
                        plan.rounds(),
                        (int) plan.latency().toMillis(),
                        plan.perSecond(),
                        (int) plan.flood().toMillis()),
                latency,
                throughput,
                growth,
                hops,
                plan.has(Part.PROGRAM) ? programCost() : List.of(),
                plan.has(Part.CONTENTION) ? contention() : List.of(),
                plan.has(Part.SWAP) ? swaps() : List.of(),
                plan.has(Part.WORKERS) ? workers() : List.of(),
                List.of());
        progress.end();
        return results.judged();
    }

    private Labs openAll() {
        Labs labs = new Labs();
        try {
            for (Contestant contestant : plan.contestants()) {
                progress.at(
                        "setting up " + contestant,
                        labs.all().size() + 1,
                        plan.contestants().size());
                labs.add(ContestantLab.open(contestant, programs, plan.pods(), plan.pods(), 1));
            }
            return labs;
        } catch (RuntimeException e) {
            labs.close();
            throw e;
        }
    }

    private List<ProgramFigure> programCost() {
        return ProgramCost.measure(
                programs,
                plan.rounds(),
                PROGRAM_RUNS_IN_ROUND,
                done -> progress.at("the program alone, round", done, plan.rounds()));
    }

    /** Nothing where there is only one CPU. */
    private List<Contention> contention() {
        return Runtime.getRuntime().availableProcessors() < 2
                ? List.of()
                : ProgramContention.measure(
                        programs,
                        plan.rounds(),
                        PROGRAM_RUNS_IN_ROUND,
                        done -> progress.at("two CPUs, round", done, plan.rounds()));
    }

    private List<WorkerFigure> workers() {
        return WorkerCost.measure(
                programs,
                plan.pods(),
                plan.rounds(),
                plan.flood(),
                done -> progress.at("workers in user space, round", done, plan.rounds()));
    }

    private List<Results.Swap> swaps() {
        List<Results.Swap> swaps = new ArrayList<>();
        for (int endpoints : plan.swapEndpoints()) {
            progress.at(
                    "swap of " + endpoints + " endpoints",
                    swaps.size() + 1,
                    plan.swapEndpoints().size());
            List<TableSwap.Round> rounds = TableSwap.measure(programs, endpoints, plan.rounds());
            swaps.add(new Results.Swap(
                    endpoints,
                    estimate(rounds, TableSwap.Round::javaFill),
                    estimate(rounds, TableSwap.Round::cFill),
                    estimate(rounds, round -> round.javaFill() / round.cFill()),
                    estimate(rounds, TableSwap.Round::inUse)));
        }
        return swaps;
    }

    private static Estimate estimate(List<TableSwap.Round> rounds, Function<TableSwap.Round, Double> value) {
        return Estimate.of(rounds.stream().map(value).toList());
    }
}
