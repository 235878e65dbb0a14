package dev.udpfanout.loader.cli;

import dev.udpfanout.loader.cli.terminal.WordWrap;
import dev.udpfanout.loader.datapath.probe.Finding;
import dev.udpfanout.loader.datapath.probe.ProbeReport;
import java.util.List;
import java.util.function.Function;

/** What the kernel and the process can do, as a table for people. Each column is as wide as its longest word. */
final class ProbeText {
    private static final String CAPABILITY = "CAPABILITY";
    private static final String NEEDED_BY = "NEEDED BY";
    private static final int WHY_INDENT = 4;

    private ProbeText() {}

    /**
     * The table, and the mode that follows.
     *
     * @param columns of the terminal; where a row does not fit, the reason stands in lines of its own; 0 for rows as
     *     long as they are
     */
    static String of(ProbeReport report, int columns) {
        String row = "%%-%ds  %%-7s  %%-%ds  "
                .formatted(
                        width(report.findings(), CAPABILITY, Finding::capability),
                        width(report.findings(), NEEDED_BY, Finding::neededBy));
        WordWrap wrap = new WordWrap(columns);
        StringBuilder text = new StringBuilder();
        append(text, wrap, row.formatted(CAPABILITY, "PRESENT", NEEDED_BY), "WHY NOT");
        for (Finding finding : report.findings()) {
            append(
                    text,
                    wrap,
                    row.formatted(finding.capability(), finding.answer(), finding.neededBy()),
                    finding.why());
        }
        String refusal =
                report.kernelRefusal().map(reason -> " (" + reason + ")").orElse("");
        wrap.append(text, "", WHY_INDENT, "mode: auto means " + report.mode() + refusal);
        return text.toString();
    }

    private static void append(StringBuilder text, WordWrap wrap, String start, String why) {
        boolean isWhole = wrap.columns() == 0 || start.length() + why.length() <= wrap.columns();
        if (isWhole || why.isEmpty()) {
            text.append((start + why).stripTrailing()).append('\n');
        } else {
            text.append(start.stripTrailing()).append('\n');
            wrap.append(text, " ".repeat(WHY_INDENT), WHY_INDENT, why);
        }
    }

    private static int width(List<Finding> findings, String heading, Function<Finding, String> words) {
        return findings.stream().map(words).mapToInt(String::length).reduce(heading.length(), Math::max);
    }
}
