package dev.udpfanout.lab.differential;

import java.util.List;
import java.util.Locale;

/** Rows as text for a terminal of 100 columns; pure. */
final class ComparisonTable {
    static final String LEGEND = """
            sent: datagrams of all sizes, with and without DF, and of all policies; the same by both.
            arrived: whole; with replicate at every receiver, with replies the answer too. What comes to a
            VIP by no interface with a listener (vip-direct, not from a client) kube-proxy may deliver.
            path MTU: lost or refused (EMSGSIZE) because of a smaller path MTU, which the sender was told.
            In bridge-nf-ipv6 one receiver is enough for pods' datagrams in fragments: no copy of them is cut.
            lost: for no such reason. worse: in how many cells udp-fanout did worse. One cell is one size and
            DF setting by one policy; after 3 losses udp-fanout's part of a cell is given up.
            """;

    private static final String LINE = "%-30s %7s  %8s %8s %6s  %8s %8s %6s  %s%n";

    private ComparisonTable() {}

    /** A head, then a line for each row, grouped by network and sender. */
    static String render(List<Row> rows) {
        StringBuilder text = new StringBuilder();
        text.append(String.format("%-30s %7s  %-24s  %-24s%n", "", "", "kube-proxy alone", "udp-fanout"));
        text.append(LINE.formatted(
                "network, way in", "sent", "arrived", "path MTU", "lost", "arrived", "path MTU", "lost", "worse"));
        String group = "";
        for (Row row : rows) {
            String next = row.network() + ", from " + row.origin().label();
            if (!next.equals(group)) {
                text.append(next).append('\n');
                group = next;
            }
            text.append(line(row));
        }
        return text.toString();
    }

    private static String line(Row row) {
        return LINE.formatted(
                "  " + row.way().label(),
                number(row.alone().sent()),
                number(row.alone().delivered()),
                number(row.alone().whileLearning()),
                number(row.alone().lost()),
                number(row.fanOut().delivered()),
                number(row.fanOut().whileLearning()),
                number(row.fanOut().lost()),
                row.worse() == 0 ? "ok" : row.worse() + " of " + row.cells());
    }

    private static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }
}
