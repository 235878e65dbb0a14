package dev.udpfanout.bench.suite;

import dev.udpfanout.bench.contestant.Contestant;
import dev.udpfanout.bench.contestant.ContestantLab;
import dev.udpfanout.bench.contestant.Programs;
import dev.udpfanout.bench.result.Results;
import dev.udpfanout.bench.statistics.Estimate;
import dev.udpfanout.bench.throughput.FloodRun;
import dev.udpfanout.bench.throughput.Traffic;
import java.util.ArrayList;
import java.util.List;

/** How the cost of a datagram grows with the number of endpoints and of listeners: it should not. */
final class GrowthRounds {
    private final Plan plan;
    private final Programs programs;
    private final Progress progress;

    GrowthRounds(Plan plan, Programs programs, Progress progress) {
        this.plan = plan;
        this.programs = programs;
        this.progress = progress;
    }

    /** A lab of a size, and what it has delivered in each round. */
    private record Size(Contestant contestant, int endpoints, int listeners, FloodRun flood, List<Double> delivered) {}

    List<Results.Growth> measure() {
        List<Size> sizes = new ArrayList<>();
        try (Labs labs = new Labs()) {
            for (Contestant contestant : plan.growthContestants()) {
                for (int endpoints : plan.growthEndpoints()) {
                    sizes.add(open(labs, contestant, endpoints, 1));
                }
            }
            Contestant first = plan.growthContestants().getFirst();
            sizes.add(open(labs, first, plan.growthEndpoints().getFirst(), plan.growthListeners()));
            for (int round = 1; round <= plan.rounds(); round++) {
                progress.at("growth, round", round, plan.rounds());
                for (Size size : sizes) {
                    size.delivered.add(
                            size.flood.flood(Traffic.JOB, plan.flood()).deliveredPerSecond());
                }
            }
        } finally {
            sizes.forEach(size -> size.flood.close());
        }
        return sizes.stream().map(size -> result(size, baseOf(size, sizes))).toList();
    }

    private static List<Double> baseOf(Size size, List<Size> sizes) {
        return sizes.stream()
                .filter(each -> each.contestant == size.contestant)
                .findFirst()
                .orElseThrow()
                .delivered;
    }

    private Size open(Labs labs, Contestant contestant, int endpoints, int listeners) {
        progress.at(
                "setting up " + endpoints + " endpoints",
                labs.all().size() + 1,
                plan.growthContestants().size() * plan.growthEndpoints().size() + 1);
        ContestantLab lab = ContestantLab.open(contestant, programs, plan.pods(), endpoints, listeners);
        labs.add(lab);
        FloodRun flood = new FloodRun(lab, programs);
        flood.flood(Traffic.JOB, plan.flood());
        return new Size(contestant, endpoints, listeners, flood, new ArrayList<>());
    }

    private static Results.Growth result(Size size, List<Double> base) {
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < base.size(); round++) {
            ratios.add(size.delivered.get(round) / base.get(round));
        }
        return new Results.Growth(
                size.contestant.label(),
                size.endpoints,
                size.listeners,
                Estimate.of(size.delivered),
                Estimate.of(ratios));
    }
}
