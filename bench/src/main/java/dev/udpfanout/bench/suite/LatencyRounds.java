package dev.udpfanout.bench.suite;

import dev.udpfanout.bench.contestant.Contestant;
import dev.udpfanout.bench.contestant.ContestantLab;
import dev.udpfanout.bench.contestant.Cpus;
import dev.udpfanout.bench.latency.LatencyRun;
import dev.udpfanout.bench.latency.Series;
import dev.udpfanout.bench.result.LatencyCollector;
import dev.udpfanout.bench.result.Results;
import dev.udpfanout.bench.throughput.Traffic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Latency, every path and series in every round. */
final class LatencyRounds {
    private static final Duration WARM_UP = Duration.ofMillis(400);
    private static final int PAYLOAD_BYTES = 200;
    /** Other numbers of senders than the first have a turn in each third round: a run would take too long otherwise. */
    private static final int OTHER_SENDERS_EVERY = 3;

    private final Plan plan;
    private final Progress progress;
    private long run = System.nanoTime();

    LatencyRounds(Plan plan, Progress progress) {
        this.plan = plan;
        this.progress = progress;
    }

    /** One path with one kind of receiver and one number of senders. */
    private record Turn(ContestantLab lab, Series series, int senders) {}

    List<Results.Latency> measure(List<ContestantLab> labs) {
        Map<Turn, LatencyCollector> collectors = new LinkedHashMap<>();
        for (Turn turn : turns(labs)) {
            progress.at(
                    "latency, warming up", collectors.size() + 1, turns(labs).size());
            round(turn, WARM_UP);
            collectors.put(
                    turn, new LatencyCollector(turn.lab.contestant().label(), turn.series.toString(), turn.senders));
        }
        for (int round = 1; round <= plan.rounds(); round++) {
            progress.at("latency, round", round, plan.rounds());
            boolean hasOthers = round % OTHER_SENDERS_EVERY == 1;
            collectors.forEach((turn, collector) -> {
                if (!hasOthers && turn.senders != plan.latencySenders().getFirst()) {
                    return;
                }
                LatencyRun.Outcome outcome = round(turn, plan.latency());
                collector.add(outcome.recording(), outcome.sent());
            });
        }
        return collectors.values().stream()
                .filter(LatencyCollector::hasArrived)
                .map(LatencyCollector::result)
                .toList();
    }

    private LatencyRun.Outcome round(Turn turn, Duration duration) {
        return LatencyRun.of(turn.lab, turn.series, turn.senders, ++run, plan.perSecond(), duration, PAYLOAD_BYTES);
    }

    /** The number of senders is varied with receivers that sleep, as an operator's do. */
    private List<Turn> turns(List<ContestantLab> labs) {
        List<Turn> turns = new ArrayList<>();
        labs.stream()
                .filter(lab -> canPoll(lab.contestant()))
                .forEach(lab -> turns.add(new Turn(lab, Series.POLLING, Traffic.MANY_SENDERS)));
        for (int senders : plan.latencySenders()) {
            labs.forEach(lab -> turns.add(new Turn(lab, Series.BLOCKING, senders)));
        }
        return turns;
    }

    private static boolean canPoll(Contestant contestant) {
        return contestant.kind() == Contestant.Kind.KERNEL
                || Runtime.getRuntime().availableProcessors() >= Cpus.TO_POLL_BESIDE_A_FORWARDER;
    }
}
