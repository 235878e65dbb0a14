package dev.udpfanout.lab.demo;

import dev.udpfanout.lab.traffic.ReceiverReport;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** The demo's table: a row for each figure, a column for each phase; pure. */
final class ResultTable {
    private static final int LABEL_WIDTH = 22;
    private static final int COLUMN_WIDTH = 24;

    private final List<PhaseResult> phases;
    private final StringBuilder text = new StringBuilder();

    private ResultTable(List<PhaseResult> phases) {
        this.phases = phases;
    }

    /**
     * The table's text, each line ended.
     *
     * @param phases the columns; all with the same pods
     * @param cpus how many CPUs the kernel has, for the last row
     */
    static String render(List<PhaseResult> phases, int cpus) {
        ResultTable table = new ResultTable(phases);
        table.row("", PhaseResult::title);
        table.rule();
        table.row("datagrams sent", phase -> number(phase.sent()));
        for (int pod = 0; pod < phases.getFirst().pods().size(); pod++) {
            int index = pod;
            table.row(
                    phases.getFirst().pods().get(pod).receiver() + " received",
                    phase -> share(phase.pods().get(index), phase.sent()));
        }
        table.row("lost", phase -> number(phase.lost()));
        table.row("reordered", phase -> number(phase.reordered()));
        table.row("duplicated", phase -> number(phase.duplicates()));
        table.row("corrupted", phase -> number(phase.corrupt()));
        table.row("checksum errors", phase -> number(phase.checksumErrors()));
        table.row("sent from", phase -> PhaseResult.text(phase.sending().source()));
        table.row("source seen by pods", phase -> String.join(", ", phase.sources()));
        table.row("even spread", phase -> spread(phase, cpus));
        return table.text.toString();
    }

    private void row(String label, Function<PhaseResult, String> cell) {
        text.append("  ").append(label).append(" ".repeat(Math.max(0, LABEL_WIDTH - label.length())));
        phases.stream().map(cell).forEach(value -> text.append(alignedRight(value)));
        text.append('\n');
    }

    private void rule() {
        text.append("  ")
                .append("-".repeat(LABEL_WIDTH + COLUMN_WIDTH * phases.size()))
                .append('\n');
    }

    private static String share(ReceiverReport pod, long sent) {
        double percent = sent == 0 ? 0 : 100.0 * pod.received() / sent;
        return number(pod.received()) + String.format(Locale.ROOT, "%8.2f %%", percent);
    }

    private static String spread(PhaseResult phase, int cpus) {
        return (phase.spread() <= cpus ? "yes" : "no") + ", differ by " + number(phase.spread());
    }

    private static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    private static String alignedRight(String value) {
        return " ".repeat(Math.max(2, COLUMN_WIDTH - value.length())) + value;
    }
}
