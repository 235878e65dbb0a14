package dev.udpfanout.lab.differential;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a run has found.
 *
 * @param cells all comparisons
 * @param untried networks that this kernel cannot have, a line each
 * @param failures networks in which something else went wrong, a line each
 * @param took how long all took
 */
record Result(List<Cell> cells, List<String> untried, List<String> failures, Duration took) {
    /** Whether no cell is worse than kube-proxy's, and there is one. */
    boolean isKept() {
        return failures.isEmpty() && !cells.isEmpty() && cells.stream().noneMatch(Cell::isWorse);
    }

    /**
     * The table and what it means, for a terminal.
     *
     * @param details whether to list each cell that is worse; else the first of each row
     */
    String text(boolean details) {
        StringBuilder text = new StringBuilder(ComparisonTable.render(Row.of(cells)));
        text.append('\n').append(ComparisonTable.LEGEND);
        text.append(remarks(details));
        return text.toString();
    }

    /** The table as a page of docs. */
    String document() {
        return """
                # Beside kube-proxy alone

                `make differential` writes this page. In each network it sends the same load twice: first with kube-proxy's rules alone, then with
                udp-fanout on both nodes. In no cell may udp-fanout be worse.

                Nobody but a listener on a NIC takes datagrams to the node's own address. That way in, `nic`, is compared with what kube-proxy alone
                does with the same datagrams to the VIP.

                ```
                %s
                %s```

                Linux %s; %s.

                ```
                %s```
                """.formatted(
                        ComparisonTable.render(Row.of(cells)),
                        ComparisonTable.LEGEND,
                        System.getProperty("os.version"),
                        loads(),
                        remarks(false));
    }

    /** The first cell of each row that is worse, or all; then what could not be tried, and the verdict. */
    private String remarks(boolean details) {
        StringBuilder text = new StringBuilder();
        worse(details).forEach(line -> text.append(line).append('\n'));
        untried.forEach(line -> text.append(line).append('\n'));
        failures.forEach(line -> text.append("FAILED ").append(line).append('\n'));
        return text.append(verdict()).append('\n').toString();
    }

    private String loads() {
        return "loads: "
                + cells.stream().map(cell -> cell.load().text()).distinct().collect(Collectors.joining("; "));
    }

    private List<String> worse(boolean details) {
        Map<List<Object>, List<Cell>> rows = cells.stream()
                .filter(Cell::isWorse)
                .collect(Collectors.groupingBy(
                        cell -> List.of(cell.network(), cell.origin(), cell.way()),
                        LinkedHashMap::new,
                        Collectors.toList()));
        return rows.values().stream()
                .flatMap(row -> row.stream().limit(details ? Long.MAX_VALUE : 1))
                .map(cell ->
                        "WORSE " + cell.network() + ", from " + cell.origin().label() + ", " + cell.text())
                .toList();
    }

    private String verdict() {
        long worse = cells.stream().filter(Cell::isWorse).count();
        return (isKept() ? "PASS: " : "FAIL: ") + cells.size() + " cells, " + worse + " worse than kube-proxy alone, "
                + failures.size() + " networks failed, " + untried.size() + " not tried, " + took.toSeconds() + " s";
    }
}
