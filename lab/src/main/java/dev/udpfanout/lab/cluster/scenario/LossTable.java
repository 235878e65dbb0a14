package dev.udpfanout.lab.cluster.scenario;

import java.util.List;
import java.util.Locale;

/** Rows as text; pure. */
public final class LossTable {
    private LossTable() {}

    /** A table with a line for each row, each line ended. */
    public static String render(String title, List<Row> rows) {
        StringBuilder text = new StringBuilder(title).append('\n');
        text.append("%-44s %-23s %7s %12s %12s %-12s %s%n"
                .formatted("scenario", "from", "sent", "alone lost", "fanout lost", "promised", ""));
        rows.forEach(row -> text.append(line(row)));
        return text.toString();
    }

    static String line(Row row) {
        String promised =
                switch (row.promise()) {
                    case Row.Promise.NothingLost nothing -> "0";
                    case Row.Promise.NotWorse notWorse -> "not worse";
                };
        String verdict = row.kept() ? "ok" : "FAIL";
        String duplicates = row.duplicates() == 0 ? "" : ", " + row.duplicates() + " duplicates";
        return String.format(
                Locale.ROOT,
                "%-44s %-23s %,7d %,12d %,12d %-12s %s%s%n",
                row.scenario(),
                row.origin(),
                row.sent(),
                row.lostAlone(),
                row.lostFanOut(),
                promised,
                verdict,
                duplicates);
    }
}
