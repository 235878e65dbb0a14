package dev.udpfanout.loader.chaos;

import java.util.Locale;

/** The account as text for a terminal of 100 columns; pure. */
public final class AccountTable {
    static final int COLUMNS = 100;

    private static final String FORM = "%-30s %5s %8s %8s  %s";
    private static final int WHERE_COLUMNS = COLUMNS - 30 - 6 - 9 - 9 - 2;

    private AccountTable() {}

    /** A line for each kind of fault, each line ended. */
    public static String render(Account account) {
        StringBuilder text = new StringBuilder();
        line(text, "fault", "times", "lost", "mended", "where they ended, by the counters");
        text.append("-".repeat(COLUMNS)).append('\n');
        for (Account.Row row : account.rows()) {
            line(
                    text,
                    row.fault(),
                    Integer.toString(row.times()),
                    number(row.lost()),
                    String.format(Locale.ROOT, "%.2f s", row.longestMendMillis() / 1000.0),
                    (row.failed() ? "FAIL " : "")
                            + (row.lost() == 0 ? "" : row.counted().text(row.lost())));
        }
        line(text, "no fault", "", number(account.unexplained()), "", "");
        return text.toString();
    }

    private static void line(StringBuilder text, String fault, String times, String lost, String mended, String where) {
        String cut = where.length() > WHERE_COLUMNS ? where.substring(0, WHERE_COLUMNS - 1) + "…" : where;
        text.append(FORM.formatted(fault, times, lost, mended, cut).stripTrailing())
                .append('\n');
    }

    private static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }
}
