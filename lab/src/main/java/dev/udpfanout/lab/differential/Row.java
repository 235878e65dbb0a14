package dev.udpfanout.lab.differential;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A line of the table: all loads and policies of one sender by one way in.
 *
 * @param network its name
 * @param origin who sent
 * @param way in
 * @param alone what became of all with kube-proxy's rules alone
 * @param fanOut what became of all with udp-fanout
 * @param cells how many comparisons these are
 * @param worse in how many of them udp-fanout did worse
 */
record Row(String network, Origin origin, Way way, Count alone, Count fanOut, int cells, int worse) {
    /** Sums cells up, in the order in which their networks, senders and ways first appear. */
    static List<Row> of(List<Cell> cells) {
        return cells.stream()
                .map(cell -> new Row(
                        cell.network(),
                        cell.origin(),
                        cell.way(),
                        cell.alone(),
                        cell.fanOut(),
                        1,
                        cell.isWorse() ? 1 : 0))
                .collect(Collectors.toMap(
                        row -> List.of(row.network(), row.origin(), row.way()),
                        row -> row,
                        Row::plus,
                        LinkedHashMap::new))
                .values()
                .stream()
                .toList();
    }

    private Row plus(Row other) {
        return new Row(
                network,
                origin,
                way,
                alone.plus(other.alone),
                fanOut.plus(other.fanOut),
                cells + other.cells,
                worse + other.worse);
    }
}
