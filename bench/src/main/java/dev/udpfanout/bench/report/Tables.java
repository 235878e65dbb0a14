package dev.udpfanout.bench.report;

import dev.udpfanout.bench.result.Figures;
import dev.udpfanout.bench.result.Results;
import dev.udpfanout.bench.statistics.Estimate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The results as tables: the console, the page and the Markdown have the same ones. */
final class Tables {
    private static final double PERCENT = 100;

    private Tables() {}

    static List<Table> of(Results results) {
        List<Table> tables = new ArrayList<>();
        tables.add(targets(results));
        tables.add(latency(results));
        tables.add(throughput(results));
        tables.add(growth(results));
        tables.add(hops(results));
        tables.add(program(results));
        tables.add(contention(results));
        tables.add(swaps(results));
        tables.add(workers(results));
        return tables.stream().filter(table -> !table.rows().isEmpty()).toList();
    }

    private static Table targets(Results results) {
        return new Table(
                "Targets",
                List.of("what", "target", "measured [95 %]", "unit", ""),
                results.targets().stream()
                        .map(each -> List.of(
                                each.what(),
                                each.limit(),
                                Figures.text(each.measured()),
                                each.unit(),
                                each.judgement().toString()))
                        .toList());
    }

    private static Table latency(Results results) {
        return new Table(
                "One-way latency, microseconds",
                List.of("path", "receiver", "senders", "p50 [95 %]", "p99 [95 %]", "p99.9 [95 %]", "lost"),
                results.latency().stream()
                        .map(each -> List.of(
                                each.contestant(),
                                each.series(),
                                String.format(Locale.ROOT, "%,d", each.senders()),
                                Figures.text(each.p50()),
                                Figures.text(each.p99()),
                                Figures.text(each.p999()),
                                String.format(Locale.ROOT, "%,d of %,d", each.lost(), each.sent())))
                        .toList());
    }

    private static Table throughput(Results results) {
        return new Table(
                "Throughput",
                List.of("path", "senders", "bytes", "delivered/s [95 %]", "CPU ns a datagram [95 %]", "lost"),
                results.throughput().stream()
                        .map(each -> List.of(
                                each.contestant(),
                                String.format(Locale.ROOT, "%,d", each.senders()),
                                each.sizes(),
                                Figures.text(each.deliveredPerSecond()),
                                Figures.text(each.busyNs()),
                                Figures.text(each.lostShare() * PERCENT) + " %"))
                        .toList());
    }

    private static Table growth(Results results) {
        return new Table(
                "Growth, 1,000 senders, mixed sizes",
                List.of(
                        "path",
                        "endpoints",
                        "listeners",
                        "delivered/s [95 %]",
                        "ratio to the first of the path [95 %]"),
                results.growth().stream()
                        .map(each -> List.of(
                                each.contestant(),
                                String.format(Locale.ROOT, "%,d", each.endpoints()),
                                Integer.toString(each.listeners()),
                                Figures.text(each.deliveredPerSecond()),
                                Figures.text(each.ratio())))
                        .toList());
    }

    private static Table hops(Results results) {
        return new Table(
                "From the NIC's ingress to the pod's, microseconds, medians",
                List.of("path", "DNAT and routing", "turn-around", "rewrite and redirect", "all [95 %]"),
                results.hops().entrySet().stream()
                        .map(each -> List.of(
                                each.getKey(),
                                Figures.text(each.getValue().dnatAndRouting()),
                                Figures.text(each.getValue().turnAround()),
                                Figures.text(each.getValue().rewriteAndRedirect()),
                                Figures.text(Estimate.of(each.getValue().totalByRound()))))
                        .toList());
    }

    private static Table program(Results results) {
        return new Table(
                "The program alone (BPF_PROG_TEST_RUN)",
                List.of("packet", "senders", "endpoints", "over the floor [95 %]", "ns here [95 %]"),
                results.program().stream()
                        .map(each -> List.of(
                                each.load(),
                                String.format(Locale.ROOT, "%,d", each.clients()),
                                String.format(Locale.ROOT, "%,d", each.endpoints()),
                                Figures.text(each.overFloor()),
                                Figures.text(each.ns())))
                        .toList());
    }

    private static Table contention(Results results) {
        return new Table(
                "The program on two CPUs at once, 1,000 senders",
                List.of("packet", "maps that it writes", "two over one [95 %]", "ns on one", "ns on each of two"),
                results.contention().stream()
                        .map(each -> List.of(
                                each.load(),
                                each.maps(),
                                Figures.text(each.ratio()),
                                Figures.text(each.aloneNs()),
                                Figures.text(each.bothNs())))
                        .toList());
    }

    private static Table swaps(Results results) {
        return new Table(
                "Replacement of an endpoint table, microseconds",
                List.of("endpoints", "filled, Java [95 %]", "filled, C [95 %]", "ratio [95 %]", "in use, Java [95 %]"),
                results.swaps().stream()
                        .map(each -> List.of(
                                String.format(Locale.ROOT, "%,d", each.endpoints()),
                                Figures.text(each.javaFill()),
                                Figures.text(each.cFill()),
                                Figures.text(each.ratio()),
                                Figures.text(each.inUse())))
                        .toList());
    }

    private static Table workers(Results results) {
        return new Table(
                "User space, two workers on one CPU, mixed sizes",
                List.of(
                        "path",
                        "who gets a datagram",
                        "senders",
                        "delivered/s [95 %]",
                        "the daemon's CPU ns a datagram [95 %]",
                        "the busier worker's share [95 %]"),
                results.workers().stream()
                        .map(each -> List.of(
                                each.contestant(),
                                each.choice(),
                                String.format(Locale.ROOT, "%,d", each.senders()),
                                Figures.text(each.deliveredPerSecond()),
                                Figures.text(each.forwarderNs()),
                                Figures.text(each.busiestShare())))
                        .toList());
    }
}
