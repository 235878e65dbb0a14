package dev.udpfanout.bench.workers;

import dev.udpfanout.bench.contestant.Contestant;
import dev.udpfanout.bench.contestant.ContestantLab;
import dev.udpfanout.bench.contestant.Programs;
import dev.udpfanout.bench.result.WorkerFigure;
import dev.udpfanout.bench.statistics.Estimate;
import dev.udpfanout.bench.throughput.FloodRun;
import dev.udpfanout.bench.throughput.Traffic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/** What a datagram costs udp-fanout in user space with two workers, by what decides which of them gets it. */
public final class WorkerCost implements AutoCloseable {
    private static final Duration WARM_UP = Duration.ofMillis(1500);

    private final List<ContestantLab> labs = new ArrayList<>();
    private final List<Turn> turns = new ArrayList<>();

    /** A way of choosing, with so many senders. */
    private record Turn(
            Contestant contestant,
            WorkerChoice choice,
            Traffic traffic,
            ContestantLab lab,
            FloodRun flood,
            List<Double> delivered,
            List<Double> forwarderNs,
            List<Double> busiest) {}

    private WorkerCost() {}

    /**
     * Measures all by turns; the workers share one CPU.
     *
     * @param flood how long one lasts
     * @param progress told how many rounds are done
     */
    public static List<WorkerFigure> measure(
            Programs programs, int pods, int rounds, Duration flood, IntConsumer progress) {
        try (WorkerCost cost = new WorkerCost()) {
            for (Contestant contestant : List.of(
                    Contestant.USERSPACE_IO_URING,
                    Contestant.USERSPACE_IO_URING_SINGLE_SHOT,
                    Contestant.USERSPACE_EPOLL)) {
                for (WorkerChoice choice : WorkerChoice.values()) {
                    cost.open(contestant, choice, programs, pods);
                }
            }
            for (int round = 0; round < rounds; round++) {
                cost.turns.forEach(turn -> measure(turn, flood));
                progress.accept(round + 1);
            }
            return cost.turns.stream().map(WorkerCost::figure).toList();
        }
    }

    private void open(Contestant contestant, WorkerChoice choice, Programs programs, int pods) {
        boolean hasReplies = choice == WorkerChoice.REPLIES;
        ContestantLab lab = ContestantLab.openWithTwoWorkers(contestant, programs, pods, hasReplies);
        labs.add(lab);
        if (choice == WorkerChoice.HASH) {
            lab.pickWorkersByHash(programs);
        }
        FloodRun flood = new FloodRun(lab, programs);
        for (int senders : List.of(hasReplies ? OpenFiles.flows() : 1, Traffic.MANY_SENDERS)) {
            Traffic traffic = new Traffic(senders, Traffic.MIX);
            // Flows are opened here, and not in what counts.
            flood.flood(traffic, WARM_UP);
            turns.add(new Turn(
                    contestant, choice, traffic, lab, flood, new ArrayList<>(), new ArrayList<>(), new ArrayList<>()));
        }
    }

    private static void measure(Turn turn, Duration duration) {
        WorkerTimes before = WorkerTimes.of(turn.lab.daemonPid());
        FloodRun.Outcome outcome = turn.flood.flood(turn.traffic, duration);
        WorkerTimes after = WorkerTimes.of(turn.lab.daemonPid());
        long forwarded = outcome.delivered() + outcome.late();
        if (forwarded == 0) {
            throw new IllegalStateException(turn.contestant + ", " + turn.choice + ": nothing has arrived");
        }
        turn.delivered.add(outcome.deliveredPerSecond());
        turn.forwarderNs.add((double) after.sinceNs(before) / forwarded);
        turn.busiest.add(after.busiestShare(before));
    }

    private static WorkerFigure figure(Turn turn) {
        return new WorkerFigure(
                turn.contestant.label(),
                turn.choice.toString(),
                turn.traffic.senders(),
                Estimate.of(turn.delivered),
                Estimate.of(turn.forwarderNs),
                Estimate.of(turn.busiest));
    }

    @Override
    public void close() {
        turns.forEach(turn -> turn.flood.close());
        labs.reversed().forEach(ContestantLab::close);
    }
}
