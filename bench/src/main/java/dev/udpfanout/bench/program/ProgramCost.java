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
    private record Measured(ProgramBed bed, List<List<Double>> rounds) {
        List<Load> loads() {
            return bed.aims().stream().map(ProgramBed.Aim::load).toList();
        }
    }

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
            List<Load> loads = each.loads();
            for (int i = 0; i < loads.size(); i++) {
                Load load = loads.get(i);
                List<Double> floorNs = column(plain.rounds, floorOf(load.family(), plain.bed));
                figures.add(figure(load, load.label(), column(each.rounds, i), floorNs));
                if (load.copies() > 0) {
                    List<Double> without = column(each.rounds, withoutCopies(load, loads));
                    figures.add(figure(
                            load,
                            load.label() + ": one copy",
                            copyNs(column(each.rounds, i), without, load.copies()),
                            floorNs));
                }
            }
        }
        return figures;
    }

    private static ProgramFigure figure(Load load, String label, List<Double> ns, List<Double> floorNs) {
        List<Double> ratios = IntStream.range(0, ns.size())
                .mapToObj(round -> ns.get(round) / floorNs.get(round))
                .toList();
        return new ProgramFigure(label, load.clients(), load.endpoints(), Estimate.of(ns), Estimate.of(ratios), ns);
    }

    /** What each of so many copies adds to a packet that goes on without them, round by round. */
    static List<Double> copyNs(List<Double> with, List<Double> without, int copies) {
        return IntStream.range(0, with.size())
                .mapToObj(round -> (with.get(round) - without.get(round)) / copies)
                .toList();
    }

    private static int withoutCopies(Load load, List<Load> loads) {
        return IntStream.range(0, loads.size())
                .filter(i -> loads.get(i).family() == load.family()
                        && loads.get(i).name().equals(Load.ROUND_ROBIN_BESIDE))
                .findFirst()
                .orElseThrow();
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
