package dev.udpfanout.bench.agreement;

import dev.udpfanout.bench.result.Results;
import dev.udpfanout.bench.result.WorkerFigure;
import dev.udpfanout.bench.statistics.Estimate;
import java.util.ArrayList;
import java.util.List;

/** All figures of a run that have an interval, by what they are of. */
final class ComparedFigures {
    private final List<ComparedFigure> figures = new ArrayList<>();

    private ComparedFigures() {}

    static List<ComparedFigure> of(Results results) {
        ComparedFigures all = new ComparedFigures();
        results.targets()
                .forEach(each -> all.add(
                        "target: " + each.what(), each.measured(), each.unit().equals(Results.Target.TIMES)));
        all.ways(results);
        results.hops()
                .forEach((path, split) ->
                        all.add("NIC to pod: " + path + ", µs", Estimate.of(split.totalByRound()), false));
        all.growth(results);
        all.program(results);
        results.swaps().forEach(all::swap);
        results.workers().forEach(all::worker);
        return List.copyOf(all.figures);
    }

    private void add(String what, Estimate estimate, boolean isRatio) {
        figures.add(new ComparedFigure(what, estimate, isRatio));
    }

    private void ways(Results results) {
        results.latency().forEach(each -> {
            String what = "latency: %s, receivers %s, %,d senders, µs, "
                    .formatted(each.contestant(), each.series(), each.senders());
            add(what + "p50", each.p50(), false);
            add(what + "p99", each.p99(), false);
            add(what + "p99.9", each.p999(), false);
        });
        results.throughput().forEach(each -> {
            String what = "throughput: %s, %,d senders, %s bytes, "
                    .formatted(each.contestant(), each.senders(), each.sizes());
            add(what + "delivered/s", each.deliveredPerSecond(), false);
            add(what + "CPU ns a datagram", each.busyNs(), false);
        });
    }

    private void growth(Results results) {
        results.growth().forEach(each -> {
            String what = "growth: %s, %,d endpoints, %,d listeners, "
                    .formatted(each.contestant(), each.endpoints(), each.listeners());
            add(what + "delivered/s", each.deliveredPerSecond(), false);
            add(what + "ratio to the first", each.ratio(), true);
        });
    }

    private void program(Results results) {
        results.program().forEach(each -> {
            String what = "the program: %s, %,d senders, %,d endpoints, "
                    .formatted(each.load(), each.clients(), each.endpoints());
            add(what + "over the floor", each.overFloor(), true);
            add(what + "ns", each.ns(), false);
        });
        results.contention().forEach(each -> {
            String what = "two CPUs: " + each.load() + ", ";
            add(what + "two over one", each.ratio(), true);
            add(what + "ns on one", each.aloneNs(), false);
            add(what + "ns on each of two", each.bothNs(), false);
        });
    }

    private void swap(Results.Swap each) {
        String what = "table of %,d endpoints, ".formatted(each.endpoints());
        add(what + "Java over C", each.ratio(), true);
        add(what + "filled by Java, µs", each.javaFill(), false);
        add(what + "filled by C, µs", each.cFill(), false);
        add(what + "in use, µs", each.inUse(), false);
    }

    private void worker(WorkerFigure each) {
        String what = "workers: %s, %s, %,d senders, ".formatted(each.contestant(), each.choice(), each.senders());
        add(what + "delivered/s", each.deliveredPerSecond(), false);
        add(what + "the daemon's CPU ns", each.forwarderNs(), false);
        add(what + "the busier worker's share", each.busiestShare(), true);
    }
}
