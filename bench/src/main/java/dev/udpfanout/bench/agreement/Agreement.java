package dev.udpfanout.bench.agreement;

import dev.udpfanout.bench.result.Machine;
import dev.udpfanout.bench.result.Results;
import dev.udpfanout.bench.statistics.Judgement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What two runs say of the same things.
 *
 * @param sameMachine whether kernel, processor and number of CPUs are the same; if not, only ratios were compared
 * @param compared how many figures both runs have
 * @param differing those that do not agree, in the order of the tables
 * @param opposed targets that one run has met and the other missed
 * @param onlyInOne figures that one run has and the other has not
 */
public record Agreement(
        boolean sameMachine, int compared, List<String> differing, List<String> opposed, List<String> onlyInOne) {

    /**
     * Compares two runs.
     *
     * @param margin medians closer than this share agree in any case
     */
    public static Agreement of(Results first, Results second, double margin) {
        boolean sameMachine = isSame(first.machine(), second.machine());
        Map<String, ComparedFigure> ones = byName(first, sameMachine);
        Map<String, ComparedFigure> others = byName(second, sameMachine);
        List<String> onlyInOne = new ArrayList<>();
        List<Pair> pairs = new ArrayList<>();
        ones.forEach((what, figure) -> {
            if (others.containsKey(what)) {
                pairs.add(new Pair(figure, others.get(what)));
            } else {
                onlyInOne.add(what);
            }
        });
        others.keySet().stream().filter(what -> !ones.containsKey(what)).forEach(onlyInOne::add);
        return new Agreement(
                sameMachine,
                pairs.size(),
                pairs.stream()
                        .filter(pair -> !pair.agrees(margin))
                        .map(Pair::line)
                        .toList(),
                opposed(first, second),
                List.copyOf(onlyInOne));
    }

    /** Whether the runs say the same of all that both have, which must be something. */
    public boolean holds() {
        return compared > 0 && differing.isEmpty() && opposed.isEmpty();
    }

    /** For people. */
    public String text(double margin) {
        StringBuilder text = new StringBuilder();
        if (!sameMachine) {
            text.append("The runs are of different machines, so only ratios were compared.\n");
        }
        text.append("%,d of %,d figures agree: their intervals overlap, or their medians are within %.1f %%.%n"
                .formatted(compared - differing.size(), compared, margin * 100));
        list(text, "These do not agree (first run and second run):", differing);
        list(text, "Targets that one run met and the other missed:", opposed);
        if (!onlyInOne.isEmpty()) {
            text.append("%,d figures are in one run alone, such as: %s%n"
                    .formatted(onlyInOne.size(), onlyInOne.getFirst()));
        }
        return text.toString();
    }

    private static void list(StringBuilder text, String title, List<String> lines) {
        if (!lines.isEmpty()) {
            text.append("\n").append(title).append("\n");
            lines.forEach(line -> text.append("  ").append(line).append("\n"));
        }
    }

    private static boolean isSame(Machine one, Machine other) {
        return one.kernel().equals(other.kernel())
                && one.processor().equals(other.processor())
                && one.cpus() == other.cpus();
    }

    private static Map<String, ComparedFigure> byName(Results results, boolean sameMachine) {
        return ComparedFigures.of(results).stream()
                .filter(figure -> sameMachine || figure.isRatio())
                .collect(Collectors.toMap(
                        ComparedFigure::what,
                        Function.identity(),
                        (one, again) -> {
                            throw new IllegalArgumentException("the run has two figures of \"" + one.what() + "\"");
                        },
                        LinkedHashMap::new));
    }

    private static List<String> opposed(Results first, Results second) {
        Map<String, Judgement> judged =
                second.targets().stream().collect(Collectors.toMap(Results.Target::what, Results.Target::judgement));
        return first.targets().stream()
                .filter(target -> judged.containsKey(target.what()) && target.judgement() != Judgement.TOO_NOISY)
                .filter(target -> judged.get(target.what()) != Judgement.TOO_NOISY
                        && judged.get(target.what()) != target.judgement())
                .map(target ->
                        "%s: %s, then %s".formatted(target.what(), target.judgement(), judged.get(target.what())))
                .toList();
    }
}
