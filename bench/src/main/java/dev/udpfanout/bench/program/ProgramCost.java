package dev.udpfanout.bench.program;

import dev.udpfanout.bench.contestant.Cpus;
import dev.udpfanout.bench.contestant.Programs;
import dev.udpfanout.bench.result.ProgramFigure;
import dev.udpfanout.bench.statistics.Estimate;
import dev.udpfanout.forwarder.socket.CpuAffinity;
import dev.udpfanout.lab.Bpffs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** What the kernel program costs by itself, a packet: BPF_PROG_TEST_RUN with many repetitions. */
public final class ProgramCost {
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private ProgramCost() {}

    /** The rounds of one bed: by round, by load. */
    private record Measured(ProgramBed bed, List<List<Double>> rounds) {}

    /**
     * Measures all loads by turns.
     *
     * @param rounds how many values of each
     * @param runsInRound how many test runs make a value
     * @param progress told how many rounds are done
     * @throws IllegalStateException if a packet did not go the way that is measured
     */
    public static List<ProgramFigure> measure(Programs programs, int rounds, int runsInRound, IntConsumer progress) {
        Bpffs.ensure();
        try (ProgramBed plain = ProgramBed.open(programs.daemon(), programs.packetDriver(), Load.plain());
                ProgramBed featured = ProgramBed.open(programs.daemon(), programs.packetDriver(), Load.featured())) {
            List<Measured> all =
                    List.of(new Measured(plain, new ArrayList<>()), new Measured(featured, new ArrayList<>()));
            for (int round = 0; round < rounds; round++) {
                for (Measured each : all) {
                    each.rounds.add(round(each.bed, runsInRound));
                }
                progress.accept(round + 1);
            }
            return figures(all);
        }
    }

    static List<Double> round(ProgramBed bed, int runs) {
        return bed.topology()
                .node()
                .call(
                        () -> {
                            CpuAffinity.pinTo(Cpus.SENDER);
                            return new ProgramRound(bed, runs).measure();
                        },
                        LIMIT);
    }

    private static List<ProgramFigure> figures(List<Measured> all) {
        Measured plain = all.getFirst();
        List<ProgramFigure> figures = new ArrayList<>();
        for (Measured each : all) {
            List<Load> loads =
                    each.bed.aims().stream().map(ProgramBed.Aim::load).toList();
            for (int i = 0; i < loads.size(); i++) {
                Load load = loads.get(i);
                int floor = floorOf(load.family(), plain.bed);
                List<Double> ns = column(each.rounds, i);
                List<Double> floorNs = column(plain.rounds, floor);
                List<Double> ratios = IntStream.range(0, ns.size())
                        .mapToObj(round -> ns.get(round) / floorNs.get(round))
                        .toList();
                figures.add(new ProgramFigure(
                        load.label(), load.clients(), load.endpoints(), Estimate.of(ns), Estimate.of(ratios), ns));
            }
        }
        return figures;
    }

    private static int floorOf(Family family, ProgramBed bed) {
        return IntStream.range(0, bed.aims().size())
                .filter(i -> bed.aims().get(i).load().family() == family
                        && bed.aims().get(i).load().target() == Load.Target.FLOOR)
                .findFirst()
                .orElseThrow();
    }

    private static List<Double> column(List<List<Double>> rounds, int index) {
        return rounds.stream().map(round -> round.get(index)).toList();
    }
}
