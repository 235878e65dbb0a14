package dev.udpfanout.bench.report;

import dev.udpfanout.bench.contestant.Contestant;
import dev.udpfanout.bench.latency.Series;
import dev.udpfanout.bench.result.Results;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The page: one file, no script, no resource from elsewhere. */
final class HtmlReport {
    private static final String STYLE = """
            body { font: 16px/1.5 sans-serif; color: #222; margin: 0 auto; max-width: 1100px; padding: 1rem; }
            h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .5rem; }
            .scroll { overflow-x: auto; }
            table { border-collapse: collapse; font-size: .87rem; font-variant-numeric: tabular-nums; }
            th, td { border-bottom: 1px solid #ddd; padding: .25rem .6rem; text-align: right; white-space: nowrap; }
            th:first-child, td:first-child { text-align: left; }
            figure { margin: 1rem 0; } figure svg { display: block; max-width: 100%; height: auto; } figcaption, .small { color: #555; font-size: .87rem; overflow-wrap: anywhere; }
            dt { font-weight: bold; } dd { margin: 0 0 .3rem 1rem; overflow-wrap: anywhere; }
            """;

    private HtmlReport() {}

    static String of(Results results) {
        Map<String, Table> tables = Tables.of(results).stream().collect(Collectors.toMap(Table::title, table -> table));
        StringBuilder html = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
                .append("<link rel=\"icon\" href=\"data:,\"><title>udp-fanout: bench</title><style>")
                .append(STYLE)
                .append("</style></head><body>\n<h1>udp-fanout: what the ways cost</h1>\n")
                .append(machine(results));
        for (Table table : Tables.of(results)) {
            html.append("<h2>").append(Table.escaped(table.title())).append("</h2>\n");
            charts(results, table.title()).forEach(html::append);
            html.append(tables.get(table.title()).asHtml());
        }
        return html.append(method(results)).append("</body></html>\n").toString();
    }

    private static Stream<String> charts(Results results, String title) {
        if (title.startsWith("One-way")) {
            return Stream.of(Series.values())
                    .flatMap(series -> figure(
                            Charts.percentiles(results, series),
                            "Percentiles, receivers " + series + "; both axes are logarithmic"));
        }
        if (title.startsWith("Throughput")) {
            return results.throughput().stream()
                    .map(Results.Throughput::payloadBytes)
                    .distinct()
                    .sorted()
                    .flatMap(bytes -> figure(Charts.throughput(results, bytes), bytes + " bytes of payload"));
        }
        return title.startsWith("From the NIC")
                ? figure(Charts.hops(results), "Where a datagram spends its time between the NIC and the pod")
                : Stream.empty();
    }

    private static Stream<String> figure(Optional<String> svg, String caption) {
        return svg
                .map(each -> "<figure>" + each + "<figcaption>" + Table.escaped(caption) + "</figcaption></figure>\n")
                .stream();
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
