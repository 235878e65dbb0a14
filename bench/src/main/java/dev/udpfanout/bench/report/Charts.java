package dev.udpfanout.bench.report;

import dev.udpfanout.bench.contestant.Contestant;
import dev.udpfanout.bench.latency.Series;
import dev.udpfanout.bench.result.Figures;
import dev.udpfanout.bench.result.ProgramFigure;
import dev.udpfanout.bench.result.Results;
import dev.udpfanout.bench.throughput.Traffic;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The questions that the page answers with a chart. */
final class Charts {
    private static final double THOUSAND = 1e3;

    /** What an operator chooses from, and kube-proxy, which is there already. */
    private static final Set<Contestant> CHOICES = EnumSet.of(
            Contestant.KUBE_PROXY,
            Contestant.NIC_INGRESS,
            Contestant.NIC_NEIGH,
            Contestant.NIC_PEER,
            Contestant.DUMMY_INGRESS,
            Contestant.DUMMY_EGRESS,
            Contestant.VIP_DIRECT,
            Contestant.USERSPACE_IO_URING,
            Contestant.USERSPACE_EPOLL,
            Contestant.USERSPACE_NIO);

    private Charts() {}

    /** Latency and throughput of the ways to choose from: they stand next to each other. */
    static List<Chart> choice(Results results) {
        return Stream.of(
                        latency(results, Series.BLOCKING, true, "How long does a datagram take?"),
                        throughput(results, true, "How many does a way deliver?"))
                .flatMap(Optional::stream)
                .toList();
    }

    /** All others. */
    static List<Chart> others(Results results) {
        return Stream.of(
                        latency(results, Series.POLLING, false, "And if the receiver never sleeps?"),
                        throughput(results, false, "How does that compare with others?"),
                        SendersCharts.throughput(results),
                        SendersCharts.latency(results),
                        program(results, "IPv4"),
                        program(results, "IPv6"),
                        hops(results))
                .flatMap(Optional::stream)
                .toList();
    }

    /** Whether an operator chooses it. */
    static boolean isChoice(String contestant) {
        return CHOICES.stream().anyMatch(each -> each.label().equals(contestant));
    }

    private static Optional<Chart> latency(Results results, Series series, boolean choicesOnly, String question) {
        List<Results.Latency> shown = results.latency().stream()
                .filter(each -> each.series().equals(series.toString()) && each.senders() == Traffic.MANY_SENDERS)
                .filter(each -> !choicesOnly || isChoice(each.contestant()))
                .toList();
        Bars bars = Bars.logarithmic();
        for (Results.Latency each : shown) {
            bars.add(
                    each.contestant(),
                    "%s · %s · %s"
                            .formatted(
                                    Figures.text(each.p50().median()),
                                    Figures.text(each.p99().median()),
                                    Figures.text(each.p999().median())),
                    each.p50().median(),
                    List.of(each.p99().median(), each.p999().median()));
        }
        return bars.svg().map(svg -> {
            Results.Latency least = shown.stream()
                    .min(Comparator.comparingDouble(each -> each.p50().median()))
                    .orElseThrow();
            return new Chart(
                    question,
                    svg,
                    "µs one way, logarithmic: bar p50, points p99 and p99.9; 1,000 senders, receivers " + series,
                    "Half of the datagrams take no more than "
                            + Figures.text(least.p50().median()) + " µs by " + least.contestant()
                            + ", the quickest here.");
        });
    }

    private static List<Results.Throughput> ofTheJob(Results results) {
        return results.throughput().stream()
                .filter(each ->
                        each.senders() == Traffic.JOB.senders() && each.sizes().equals(Traffic.MIX))
                .toList();
    }

    private static Optional<Chart> throughput(Results results, boolean choicesOnly, String question) {
        List<Results.Throughput> shown = ofTheJob(results).stream()
                .filter(each -> !choicesOnly || isChoice(each.contestant()))
                .toList();
        Bars bars = Bars.linear();
        shown.forEach(each -> bars.add(each.contestant(), each.deliveredPerSecond(), THOUSAND, " k"));
        return bars.svg().map(svg -> {
            Results.Throughput most = shown.stream()
                    .max(Comparator.comparingDouble(
                            each -> each.deliveredPerSecond().median()))
                    .orElseThrow();
            return new Chart(
                    question,
                    svg,
                    "Thousand datagrams a second, with intervals; 1,000 senders, mixed sizes",
                    most.contestant() + " delivers most: "
                            + Figures.text(most.deliveredPerSecond().median() / THOUSAND) + " thousand a second"
                            + overKubeProxy(results, most) + ".");
        });
    }

    private static String overKubeProxy(Results results, Results.Throughput most) {
        return ofTheJob(results).stream()
                .filter(each -> each.contestant().equals(Contestant.KUBE_PROXY.label()))
                .map(each -> ", "
                        + Figures.text(most.deliveredPerSecond().median()
                                / each.deliveredPerSecond().median()) + " times what kube-proxy alone does")
                .findFirst()
                .orElse("");
    }

    /** A chart for each family: one of both would not fit on a printed page. */
    private static Optional<Chart> program(Results results, String family) {
        Bars bars = Bars.linear();
        List<ProgramFigure> shown = results.program().stream()
                .filter(each -> each.load().startsWith(family) || !each.load().startsWith("IPv"))
                .filter(each -> !each.load().contains("mirror") && !each.load().contains("replicate"))
                .toList();
        shown.forEach(each -> bars.add(
                each.clients() == 0 || each.endpoints() == 0
                        ? each.load()
                        : "%s; %,d → %,d".formatted(each.load(), each.clients(), each.endpoints()),
                each.overFloor(),
                1,
                " ×"));
        return bars.svg()
                .map(svg -> new Chart(
                        "What does the program itself cost, " + family + "?",
                        svg,
                        "Times the floor, which is one store and one redirect; with intervals; senders → endpoints; copies are in the table",
                        shown.stream()
                                .max(Comparator.comparingDouble(
                                        each -> each.overFloor().median()))
                                .map(each -> "The dearest is \"" + each.load() + "\", "
                                        + Figures.text(each.overFloor().median()) + " times the floor.")
                                .orElseThrow()));
    }

    private static Optional<Chart> hops(Results results) {
        Bars bars = Bars.linear();
        results.hops()
                .forEach((path, split) -> bars.add(
                        path,
                        "%s + %s + %s = %s µs"
                                .formatted(
                                        Figures.text(split.dnatAndRouting()),
                                        Figures.text(split.turnAround()),
                                        Figures.text(split.rewriteAndRedirect()),
                                        Figures.text(split.total())),
                        split.total(),
                        List.of(split.dnatAndRouting(), split.dnatAndRouting() + split.turnAround())));
        return bars.svg()
                .map(svg -> new Chart(
                        "Where does a datagram spend its time in the node?",
                        svg,
                        "µs from the NIC's ingress to the pod's, medians: DNAT and routing + turn-around + rewrite and redirect; points end a part",
                        results.hops().entrySet().stream()
                                .max(Comparator.comparingDouble(
                                        each -> each.getValue().total()))
                                .map(each -> each.getKey() + " takes longest: "
                                        + Figures.text(each.getValue().total()) + " µs.")
                                .orElseThrow()));
    }
}
