package dev.udpfanout.bench.agreement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.bench.result.Machine;
import dev.udpfanout.bench.result.ProgramFigure;
import dev.udpfanout.bench.result.Results;
import dev.udpfanout.bench.result.ResultsFixture;
import dev.udpfanout.bench.statistics.Estimate;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class AgreementTest {
    private static final double MARGIN = 0.03;
    private static final Results RUN = ResultsFixture.complete();

    @Test
    void shouldAgreeWithItselfInEachFigure() {
        Agreement agreement = Agreement.of(RUN, RUN, MARGIN);
        assertTrue(agreement.holds());
        int intervals = RUN.targets().size()
                + 3 * RUN.latency().size()
                + 2 * RUN.throughput().size()
                + RUN.hops().size()
                + 2 * RUN.growth().size()
                + 2 * RUN.program().size()
                + 3 * RUN.contention().size()
                + 4 * RUN.swaps().size()
                + 3 * RUN.workers().size();
        assertEquals(intervals, agreement.compared());
        assertTrue(agreement.text(MARGIN).startsWith("%,d of %,d figures agree".formatted(intervals, intervals)));
    }

    @Test
    void shouldNameTheRowWhoseIntervalsLieApart() {
        Results other = withProgram(RUN, figure -> figure.load().equals("IPv4, replies") ? times(figure, 2) : figure);
        Agreement agreement = Agreement.of(RUN, other, MARGIN);
        assertFalse(agreement.holds());
        String what = "the program: IPv4, replies, 1 senders, 3 endpoints, ";
        assertEquals(
                List.of(what + "over the floor: 4 [4, 4] and 8 [8, 8], 2 times"),
                agreement.differing().stream()
                        .filter(line -> line.startsWith(what + "over"))
                        .toList());
        assertTrue(agreement.text(MARGIN).contains("These do not agree"), agreement.text(MARGIN));
    }

    @Test
    void shouldNotMindNarrowIntervalsSideBySide() {
        Results other =
                withProgram(RUN, figure -> figure.load().equals("IPv4, replies") ? times(figure, 1.02) : figure);
        assertTrue(Agreement.of(RUN, other, MARGIN).holds());
        assertFalse(Agreement.of(RUN, other, 0.01).holds(), "2 % apart, and 1 % is allowed");
    }

    @Test
    void shouldNameATargetThatOneRunMetAndTheOtherMissed() {
        Results other = withProgram(RUN, figure -> figure.load().equals("IPv4, replies") ? times(figure, 0.5) : figure);
        assertEquals(
                List.of("the same, a steady flow of replies over round robin: missed, then met"),
                Agreement.of(RUN, other, MARGIN).opposed());
    }

    @Test
    void shouldCompareOnlyRatiosOfDifferentMachines() {
        Machine here = RUN.machine();
        Machine elsewhere = new Machine("5.10.0", here.processor(), 2, "tsc", "25", here.mitigations());
        Results other = withProgram(RUN, UnaryOperator.identity(), elsewhere);
        Agreement agreement = Agreement.of(RUN, other, MARGIN);
        assertFalse(agreement.sameMachine());
        long ratios = RUN.targets().stream()
                        .filter(each -> each.unit().equals("times"))
                        .count()
                + RUN.growth().size()
                + RUN.program().size()
                + RUN.contention().size()
                + RUN.swaps().size()
                + RUN.workers().size();
        assertEquals(ratios, agreement.compared());
    }

    @Test
    void shouldSayWhatOneRunAloneHasAndNotHoldWithNothingInCommon() {
        Results less = without(RUN);
        Agreement agreement = Agreement.of(RUN, less, MARGIN);
        assertFalse(agreement.holds());
        assertEquals(0, agreement.compared());
        assertTrue(agreement.text(MARGIN).contains("are in one run alone"), agreement.text(MARGIN));
    }

    @Test
    void shouldRefuseARunWithTwoFiguresOfTheSameThing() {
        List<ProgramFigure> twice =
                Stream.concat(RUN.program().stream(), RUN.program().stream()).toList();
        Results run = changed(RUN, RUN.machine(), twice);
        assertThrows(IllegalArgumentException.class, () -> Agreement.of(run, run, MARGIN));
    }

    private static ProgramFigure times(ProgramFigure figure, double factor) {
        List<Double> ns = figure.nsByRound().stream().map(each -> each * factor).toList();
        double ratio = figure.overFloor().median() * factor;
        return new ProgramFigure(
                figure.load(), figure.clients(), figure.endpoints(), Estimate.of(ns), Estimate.of(ratio, ratio), ns);
    }

    private static Results withProgram(Results run, UnaryOperator<ProgramFigure> change) {
        return withProgram(run, change, run.machine());
    }

    private static Results withProgram(Results run, UnaryOperator<ProgramFigure> change, Machine machine) {
        return changed(run, machine, run.program().stream().map(change).toList());
    }

    private static Results changed(Results run, Machine machine, List<ProgramFigure> program) {
        return new Results(
                        machine,
                        run.settings(),
                        run.latency(),
                        run.throughput(),
                        run.growth(),
                        run.hops(),
                        program,
                        run.contention(),
                        run.swaps(),
                        run.workers(),
                        List.of())
                .judged();
    }

    private static Results without(Results run) {
        return new Results(
                run.machine(),
                run.settings(),
                List.of(),
                List.of(),
                List.of(),
                Map.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of());
    }
}
