package dev.udpfanout.lab.netflow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;

/**
 * What a run has found.
 *
 * @param rows all of them
 * @param trials in their order
 * @param failures trials that came to no result, a line each
 * @param took how long all took
 */
record Table(List<Row> rows, List<Trial> trials, List<String> failures, Duration took) {
    private static final String LEGEND = """
            nfcapd, nfacctd, own: records that collectors of this kind have decoded; of the own exporters nfcapd's
            count only with the sampling rate of the options data. twice: decoded once more. missing: sent, and
            decoded by nobody; away: but for those that were sent while a collector did not run.
            """;

    private static final String BEGIN = "<!-- written by make netflow-test -->";
    private static final String END = "<!-- end of what make netflow-test writes -->";

    Table {
        rows = rows.stream()
                .sorted(Comparator.comparing((Row row) -> trials.indexOf(new Trial(row.scenario(), row.place())))
                        .thenComparing(Row::exporter))
                .toList();
    }

    /** Whether each record was decoded once. */
    boolean isRight() {
        return failures.isEmpty() && !rows.isEmpty() && rows.stream().allMatch(Row::isRight);
    }

    /** For a terminal. */
    String text() {
        StringBuilder text = new StringBuilder(Row.head());
        rows.forEach(row -> text.append(row.text()));
        text.append('\n').append(LEGEND);
        rows.stream().filter(row -> !row.isRight()).forEach(row -> text.append(row.fault())
                .append('\n'));
        failures.forEach(line -> text.append("FAILED ").append(line).append('\n'));
        return text.append(verdict()).append('\n').toString();
    }

    private String verdict() {
        long wrong = rows.stream().filter(row -> !row.isRight()).count();
        return "%s: %,d records of %d rows, %d rows wrong, %d trials failed, %d s"
                .formatted(
                        isRight() ? "PASS" : "FAIL",
                        rows.stream().mapToLong(Row::sent).sum(),
                        rows.size(),
                        wrong,
                        failures.size(),
                        took.toSeconds());
    }

    /** Writes the table into a page, between the two lines that are there for it. */
    void writeInto(Path page) throws IOException {
        String text = Files.readString(page);
        int begin = text.indexOf(BEGIN);
        int end = text.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IOException(page + " has no lines \"" + BEGIN + "\" and \"" + END + "\"");
        }
        String table = "%s%n%n```%n%s```%n%nLinux %s.%n%n".formatted(BEGIN, text(), System.getProperty("os.version"));
        Files.writeString(page, text.substring(0, begin) + table + text.substring(end));
    }
}
