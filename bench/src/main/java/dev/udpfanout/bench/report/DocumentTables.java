package dev.udpfanout.bench.report;

import dev.udpfanout.bench.contestant.Contestant;
import dev.udpfanout.bench.result.Figures;
import dev.udpfanout.bench.result.Results;
import dev.udpfanout.bench.statistics.Estimate;
import dev.udpfanout.bench.throughput.Traffic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Writes a run's tables into the documents that quote them, so that no figure there is typed by hand: between
 * {@code <!-- bench:NAME -->} and {@code <!-- /bench:NAME -->}, where NAME is {@code ways} for the short table and
 * {@code all} for every one.
 */
public final class DocumentTables {
    private static final Pattern BLOCK =
            Pattern.compile("(<!-- bench:(\\w+) -->\n).*?(<!-- /bench:\\2 -->)", Pattern.DOTALL);

    private DocumentTables() {}

    /**
     * Replaces what is between the marks of a document.
     *
     * @throws IOException if it cannot be read or written, or has no marks
     */
    public static void write(Results results, Path document) throws IOException {
        Matcher block = BLOCK.matcher(Files.readString(document));
        if (!block.find()) {
            throw new IOException(document + " has no <!-- bench:NAME --> and <!-- /bench:NAME -->");
        }
        Files.writeString(
                document,
                block.reset()
                        .replaceAll(found -> Matcher.quoteReplacement(
                                found.group(1) + "\n" + tables(results, found.group(2)) + "\n" + found.group(3))));
    }

    private static String tables(Results results, String name) throws IllegalArgumentException {
        return switch (name) {
            case "ways" -> ways(results).asMarkdown() + "\n" + machine(results);
            case "all" ->
                machine(results) + "\n"
                        + Tables.of(results).stream()
                                .map(table -> "**" + table.title() + "**\n\n" + table.asMarkdown())
                                .collect(Collectors.joining("\n"));
            default ->
                throw new IllegalArgumentException("there is no table bench:" + name + "; there are ways and all");
        };
    }

    private static String machine(Results results) {
        return "%s, Linux %s, %s with %d CPUs, %d rounds; the median and its interval.\n"
                .formatted(
                        results.settings().startedAt().substring(0, 10),
                        results.machine().kernel(),
                        results.machine().processor(),
                        results.machine().cpus(),
                        results.settings().rounds());
    }

    /** Ratios to kube-proxy alone, which is what a reader has: rates are a machine's. */
    private static Table ways(Results results) {
        List<List<String>> rows = new ArrayList<>();
        Optional<Results.Throughput> base = throughput(results, Contestant.KUBE_PROXY);
        for (Contestant contestant : Contestant.values()) {
            Optional<Results.Throughput> each = throughput(results, contestant);
            if (each.isPresent() && base.isPresent()) {
                rows.add(List.of(
                        contestant.description(),
                        ratio(each.get().deliveredByRound(), base.get().deliveredByRound()),
                        ratio(each.get().busyNsByRound(), base.get().busyNsByRound()),
                        latency(results, contestant)));
            }
        }
        return new Table(
                "Ways",
                List.of(
                        "1,000 senders, mixed sizes",
                        "delivered a second, over kube-proxy alone",
                        "CPU time a datagram, over kube-proxy alone",
                        "p50 one way, µs"),
                rows);
    }

    private static Optional<Results.Throughput> throughput(Results results, Contestant contestant) {
        return results.throughput().stream()
                .filter(each -> each.contestant().equals(contestant.label())
                        && new Traffic(each.senders(), each.sizes()).equals(Traffic.JOB))
                .findFirst();
    }

    private static String latency(Results results, Contestant contestant) {
        return results.latency().stream()
                .filter(each -> each.contestant().equals(contestant.label())
                        && each.senders() == Traffic.MANY_SENDERS
                        && each.series().equals("blocking"))
                .map(each -> Figures.text(each.p50()))
                .findFirst()
                .orElse("-");
    }

    private static String ratio(List<Double> one, List<Double> other) {
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < Math.min(one.size(), other.size()); round++) {
            ratios.add(one.get(round) / other.get(round));
        }
        return Figures.text(Estimate.of(ratios));
    }
}
