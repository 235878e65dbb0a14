package dev.udpfanout.bench.report;

import dev.udpfanout.bench.contestant.Contestant;
import dev.udpfanout.bench.result.Results;
import java.util.List;
import java.util.stream.Collectors;

/** The page: one file, no script, no resource from elsewhere. */
final class HtmlReport {
    private static final String STYLE = """
            :root { color-scheme: light dark; --text: #1d1f23; --faint: #5a6069; --line: #d9dce1; --track: #eceef1; --bar: #2f6fb0; --over: #b3541e; --page: #fff; }
            @media (prefers-color-scheme: dark) { :root { --text: #e4e6ea; --faint: #a3a9b3; --line: #3a3f47; --track: #2a2e35; --bar: #6aa6e0; --over: #f0a06a; --page: #16181c; } }
            body { font: 16px/1.5 sans-serif; color: var(--text); background: var(--page); margin: 0 auto; max-width: 1100px; padding: 1rem; }
            h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; margin: 2.2rem 0 .5rem; } h3 { font-size: 1rem; margin: 0; }
            .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1.5rem 2.5rem; }
            .scroll { overflow-x: auto; }
            table { border-collapse: collapse; font-size: .87rem; font-variant-numeric: tabular-nums; }
            th, td { border-bottom: 1px solid var(--line); padding: .25rem .6rem; text-align: right; white-space: nowrap; }
            th:first-child, td:first-child { text-align: left; }
            figure { margin: 0; min-width: 0; } figure svg { display: block; overflow: visible; } figcaption { margin-top: .3rem; }
            figure .small { margin: 0 0 .4rem; } .small { color: var(--faint); font-size: .87rem; overflow-wrap: anywhere; }
            svg text { fill: var(--text); font: 12.5px sans-serif; } svg .figure { text-anchor: end; font-variant-numeric: tabular-nums; }
            .track { fill: var(--track); } .bar { fill: var(--bar); } .interval { stroke: var(--over); stroke-width: 2; } .mark { fill: var(--over); }
            dt { font-weight: bold; } dd { margin: 0 0 .3rem 1rem; overflow-wrap: anywhere; }
            @page { size: A4; margin: 14mm; }
            @media print { :root { --text: #000; --faint: #333; --line: #999; --track: #eee; --bar: #2f6fb0; --over: #b3541e; --page: #fff; }
                body { font-size: 10pt; max-width: none; padding: 0; } .charts { grid-template-columns: 1fr 1fr; gap: 5mm; } figure { zoom: .8; } figure, tr { break-inside: avoid; } h2, h3 { break-after: avoid; }
                .scroll { overflow: visible; } table { font-size: 7.5pt; } th, td { padding: .1rem .3rem; white-space: normal; }
                svg * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
            """;

    private HtmlReport() {}

    static String of(Results results) {
        StringBuilder html = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
                .append("<link rel=\"icon\" href=\"data:,\"><title>udp-fanout: bench</title><style>")
                .append(STYLE)
                .append("</style></head><body>\n<h1>udp-fanout: what the ways cost</h1>\n")
                .append(machine(results))
                .append(section("Which way?", Charts.choice(results)))
                .append(section("More questions", Charts.others(results)))
                .append("<h2>All figures</h2>\n");
        for (Table table : Tables.of(results)) {
            html.append("<h3>").append(Table.escaped(table.title())).append("</h3>\n");
            html.append(table.asHtml());
        }
        return html.append(method(results)).append("</body></html>\n").toString();
    }

    private static String section(String title, List<Chart> charts) {
        return charts.isEmpty()
                ? ""
                : charts.stream()
                        .map(Chart::asHtml)
                        .collect(
                                Collectors.joining("", "<h2>" + title + "</h2>\n<div class=\"charts\">\n", "</div>\n"));
    }

    private static String machine(Results results) {
        var machine = results.machine();
        String mitigations = machine.mitigations().entrySet().stream()
                .map(each -> each.getKey() + ": " + each.getValue())
                .collect(Collectors.joining("; "));
        return "<p class=\"small\">"
                + Table.escaped(results.settings().startedAt() + " · Linux " + machine.kernel() + " · "
                        + machine.processor() + ", " + machine.cpus() + " CPUs · clock " + machine.clockSource()
                        + " · Java "
                        + machine.java() + " · " + mitigations)
                + "</p>\n";
    }

    private static String method(Results results) {
        StringBuilder html =
                new StringBuilder("<h2>How it was measured</h2>\n<p>").append(Table.escaped(Method.text(results)));
        html.append("</p>\n<dl>");
        for (Contestant contestant : List.of(Contestant.values())) {
            html.append("<dt>").append(contestant.label()).append("</dt><dd>");
            html.append(Table.escaped(contestant.description())).append("</dd>");
        }
        return html.append("</dl>\n").toString();
    }
}
