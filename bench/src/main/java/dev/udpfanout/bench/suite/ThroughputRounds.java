package dev.udpfanout.bench.suite;

import dev.udpfanout.bench.contestant.ContestantLab;
import dev.udpfanout.bench.contestant.Programs;
import dev.udpfanout.bench.result.Results;
import dev.udpfanout.bench.statistics.Estimate;
import dev.udpfanout.bench.throughput.FloodRun;
import dev.udpfanout.bench.throughput.Traffic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Floods, every path and size in every round. */
final class ThroughputRounds {
    private static final Duration WARM_UP = Duration.ofMillis(1000);

    private final Plan plan;
    private final Programs programs;
    private final Progress progress;

    ThroughputRounds(Plan plan, Programs programs, Progress progress) {
        this.plan = plan;
        this.programs = programs;
        this.progress = progress;
    }

    /** One path with one size of datagrams. */
    private record Turn(String contestant, Traffic traffic) {}

    List<Results.Throughput> measure(List<ContestantLab> labs) {
        Map<String, FloodRun> floods = new LinkedHashMap<>();
        Map<Turn, List<FloodRun.Outcome>> outcomes = new LinkedHashMap<>();
        try {
            for (ContestantLab lab : labs) {
                progress.at("throughput, warming up", floods.size() + 1, labs.size());
                FloodRun flood = new FloodRun(lab, programs);
                floods.put(lab.contestant().label(), flood);
                flood.flood(plan.traffic().getFirst(), WARM_UP);
            }
            for (int round = 1; round <= plan.rounds(); round++) {
                progress.at("throughput, round", round, plan.rounds());
                for (Traffic traffic : plan.traffic()) {
                    floods.forEach((contestant, flood) -> outcomes.computeIfAbsent(
                                    new Turn(contestant, traffic), turn -> new ArrayList<>())
                            .add(flood.flood(traffic, plan.flood())));
                }
            }
        } finally {
            floods.values().forEach(FloodRun::close);
        }
        List<Results.Throughput> results = new ArrayList<>();
        outcomes.forEach((turn, rounds) -> result(turn, rounds).ifPresent(results::add));
        return results;
    }

    /** Nothing for a path by which nothing came. */
    private static java.util.Optional<Results.Throughput> result(Turn turn, List<FloodRun.Outcome> rounds) {
        List<FloodRun.Outcome> arrived =
                rounds.stream().filter(round -> round.delivered() > 0).toList();
        if (arrived.isEmpty()) {
            return java.util.Optional.empty();
        }
        List<Double> delivered =
                rounds.stream().map(FloodRun.Outcome::deliveredPerSecond).toList();
        return java.util.Optional.of(new Results.Throughput(
                turn.contestant,
                turn.traffic.senders(),
                turn.traffic.sizes(),
                Estimate.of(delivered),
                Estimate.of(arrived.stream()
                        .map(FloodRun.Outcome::busyNsPerDatagram)
                        .toList()),
                Estimate.of(rounds.stream().map(FloodRun.Outcome::lostShare).toList())
                        .median(),
                delivered,
                arrived.stream().map(FloodRun.Outcome::busyNsPerDatagram).toList()));
    }
}
