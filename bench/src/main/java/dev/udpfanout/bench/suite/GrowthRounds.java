package dev.udpfanout.bench.suite;

import dev.udpfanout.bench.contestant.Contestant;
import dev.udpfanout.bench.contestant.ContestantLab;
import dev.udpfanout.bench.contestant.Programs;
import dev.udpfanout.bench.result.Results;
import dev.udpfanout.bench.statistics.Estimate;
import dev.udpfanout.bench.throughput.FloodRun;
import java.util.ArrayList;
import java.util.List;

/** How the cost of a datagram grows with the number of endpoints and of listeners: it should not. */
final class GrowthRounds {
    private static final int PAYLOAD_BYTES = 200;

    private final Plan plan;
    private final Programs programs;
    private final Progress progress;

    GrowthRounds(Plan plan, Programs programs, Progress progress) {
        this.plan = plan;
        this.programs = programs;
        this.progress = progress;
    }

    /** A lab of a size, and what it has delivered in each round. */
    private record Size(int endpoints, int listeners, FloodRun flood, List<Double> delivered) {}

    List<Results.Growth> measure() {
        List<Size> sizes = new ArrayList<>();
        try (Labs labs = new Labs()) {
            for (int endpoints : plan.growthEndpoints()) {
                sizes.add(open(labs, endpoints, 1));
            }
            sizes.add(open(labs, plan.growthEndpoints().getFirst(), plan.growthListeners()));
            for (int round = 1; round <= plan.rounds(); round++) {
                progress.at("growth, round", round, plan.rounds());
                for (Size size : sizes) {
                    size.delivered.add(
                            size.flood.flood(PAYLOAD_BYTES, plan.flood()).deliveredPerSecond());
                }
            }
        } finally {
            sizes.forEach(size -> size.flood.close());
        }
        List<Double> base = sizes.getFirst().delivered;
        return sizes.stream().map(size -> result(size, base)).toList();
    }

    private Size open(Labs labs, int endpoints, int listeners) {
        progress.at(
                "setting up " + endpoints + " endpoints",
                labs.all().size() + 1,
                plan.growthEndpoints().size() + 1);
        ContestantLab lab = ContestantLab.open(Contestant.NIC_INGRESS, programs, plan.pods(), endpoints, listeners);
        labs.add(lab);
        FloodRun flood = new FloodRun(lab, programs);
        flood.flood(PAYLOAD_BYTES, plan.flood());
        return new Size(endpoints, listeners, flood, new ArrayList<>());
    }

    private static Results.Growth result(Size size, List<Double> base) {
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < base.size(); round++) {
            ratios.add(size.delivered.get(round) / base.get(round));
        }
        return new Results.Growth(size.endpoints, size.listeners, Estimate.of(size.delivered), Estimate.of(ratios));
    }
}
