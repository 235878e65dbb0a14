package dev.udpfanout.loader.trace;

import dev.udpfanout.loader.config.reader.SocketAddressText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A report in words, in lines of at most 80 columns as far as addresses allow. */
public final class TraceText {
    private static final int COLUMNS = 80;
    private static final String INDENT = "  ";

    private final StringBuilder text = new StringBuilder();

    private TraceText() {}

    public static String of(TraceReport report) {
        TraceText text = new TraceText();
        text.heading(report);
        text.stories(report.stories());
        text.summary(report);
        return text.text.toString();
    }

    private void heading(TraceReport report) {
        TracePlan plan = report.plan();
        if (plan.isLive()) {
            paragraph(
                    "Follows 1 in %d datagrams to %s, %d at most."
                            .formatted(plan.liveEvery(), SocketAddressText.write(plan.destination()), plan.count()),
                    "");
        } else {
            paragraph(
                    "Sent %d test datagram%s of %d bytes from %s to %s, in at %s. A receiver that is reached gets them."
                            .formatted(
                                    plan.count(),
                                    plan.count() == 1 ? "" : "s",
                                    plan.payloadBytes(),
                                    SocketAddressText.write(report.source()),
                                    SocketAddressText.write(plan.destination()),
                                    plan.wayIn().nic().name()),
                    "");
        }
    }

    /** The first of each shape, with how many there were. */
    private void stories(List<Story> stories) {
        Map<String, Story> firsts = new LinkedHashMap<>();
        Map<String, Integer> counts = new LinkedHashMap<>();
        for (Story story : stories) {
            firsts.putIfAbsent(story.shape(), story);
            counts.merge(story.shape(), 1, Integer::sum);
        }
        firsts.forEach((shape, story) -> story(story, counts.get(shape)));
    }

    private void story(Story story, int count) {
        text.append('\n');
        String from = story.from()
                .map(sender -> ", from " + SocketAddressText.write(sender))
                .orElse("");
        line("datagram " + (story.sequence() + 1) + from + (count > 1 ? " (" + count + " went this way)" : ""));
        for (Hop hop : story.hops()) {
            line("%s%10.1f us  %-20s %s"
                    .formatted(INDENT, hop.sinceLastNs() / 1000.0, hop.where(), hop.what())
                    .stripTrailing());
        }
        Fate fate = story.fate();
        paragraph("%s at %s: %s".formatted(fate.outcome(), fate.where(), fate.cause()), INDENT);
        if (!fate.remedy().isEmpty()) {
            paragraph("What to do: " + fate.remedy(), INDENT);
        }
    }

    private void summary(TraceReport report) {
        text.append('\n');
        report.firewallSuspects().forEach(suspect -> line("firewall: " + suspect));
        if (!report.gap().isEmpty()) {
            paragraph(report.gap(), "");
        }
        long delivered = report.stories().stream()
                .filter(each -> each.fate().outcome() == Fate.Outcome.DELIVERED)
                .count();
        line(
                report.stories().isEmpty()
                        ? "no such datagram came"
                        : delivered + " of " + report.stories().size() + " delivered");
    }

    private void paragraph(String words, String indent) {
        StringBuilder row = new StringBuilder(indent);
        for (String word : words.split(" ")) {
            if (row.length() > indent.length() && row.length() + 1 + word.length() > COLUMNS) {
                line(row.toString());
                row = new StringBuilder(indent).append(indent);
            }
            row.append(row.toString().isBlank() ? "" : " ").append(word);
        }
        line(row.toString());
    }

    /** What comes from elsewhere, as a thread's name, must not move the reader's cursor. */
    private void line(String words) {
        text.append(words.replaceAll("\\p{Cntrl}", "?")).append('\n');
    }
}
