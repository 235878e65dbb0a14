package dev.udpfanout.bench.result;

import dev.udpfanout.bench.statistics.Estimate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What was aimed at with the program by itself: ratios within a round. */
final class ProgramTargets {
    private static final String ROUND_ROBIN = "IPv4, round robin";
    private static final String FLOOR = "IPv4, floor";
    private static final int MANY = 1000;
    private static final double NOT_OURS_NS = 12;
    private static final int FEW_ENDPOINTS = 3;

    private ProgramTargets() {}

    static void addTo(List<Results.Target> targets, List<ProgramFigure> figures) {
        Optional<ProgramFigure> one = find(figures, ROUND_ROBIN, 1, FEW_ENDPOINTS);
        Optional<ProgramFigure> many = find(figures, ROUND_ROBIN, MANY, FEW_ENDPOINTS);
        ratio(one, find(figures, FLOOR, MANY, 0))
                .ifPresent(each -> targets.add(Targets.atMost(
                        "the program alone, IPv4, 1 sender, over the floor", 2.6, Results.Target.TIMES, each)));
        overEmpty(figures)
                .ifPresent(each -> targets.add(Targets.atMost(
                        "not a listener's, less 12 ns, over the empty program", 1.5, Results.Target.TIMES, each)));
        ratio(many, one)
                .ifPresent(each ->
                        targets.add(Targets.atMost("the same, 1,000 senders over 1", 1.1, Results.Target.TIMES, each)));
        ratio(find(figures, ROUND_ROBIN, MANY, MANY), many)
                .ifPresent(each -> targets.add(Targets.atMost(
                        "the same, 1,000 endpoints over 3, 1,000 senders", 1.3, Results.Target.TIMES, each)));
        ratio(find(figures, "IPv4, replies", 1, FEW_ENDPOINTS), one)
                .ifPresent(each -> targets.add(Targets.atMost(
                        "the same, a steady flow of replies over round robin", 1.5, Results.Target.TIMES, each)));
        ratio(
                        find(figures, "IPv4, hash of 8 bytes of the payload", MANY, FEW_ENDPOINTS),
                        find(figures, "IPv4, hash", MANY, FEW_ENDPOINTS))
                .ifPresent(each -> targets.add(Targets.atMost(
                        "the same, a hash of the payload over one of the source", 1.15, Results.Target.TIMES, each)));
        ratio(find(figures, "IPv4, NetFlow data", MANY, FEW_ENDPOINTS), many)
                .ifPresent(each -> targets.add(
                        Targets.atMost("the same, NetFlow data over round robin", 1.3, Results.Target.TIMES, each)));
    }

    private static Optional<Estimate> overEmpty(List<ProgramFigure> figures) {
        return ratio(
                find(figures, "IPv4, not a listener's", MANY, 0),
                find(figures, "the empty program", MANY, 0),
                NOT_OURS_NS);
    }

    private static Optional<ProgramFigure> find(List<ProgramFigure> figures, String load, int clients, int endpoints) {
        return figures.stream()
                .filter(each -> each.load().equals(load) && each.clients() == clients && each.endpoints() == endpoints)
                .findFirst();
    }

    private static Optional<Estimate> ratio(Optional<ProgramFigure> one, Optional<ProgramFigure> other) {
        return ratio(one, other, 0);
    }

    /** @param lessNs is taken off what is compared */
    private static Optional<Estimate> ratio(Optional<ProgramFigure> one, Optional<ProgramFigure> other, double lessNs) {
        if (one.isEmpty() || other.isEmpty()) {
            return Optional.empty();
        }
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < one.get().nsByRound().size(); round++) {
            ratios.add((one.get().nsByRound().get(round) - lessNs)
                    / other.get().nsByRound().get(round));
        }
        return Optional.of(Estimate.of(ratios));
    }
}
