package dev.udpfanout.bench.result;

import dev.udpfanout.bench.contestant.Contestant;
import dev.udpfanout.bench.hop.HopTimes;
import dev.udpfanout.bench.latency.Series;
import dev.udpfanout.bench.statistics.Estimate;
import dev.udpfanout.bench.statistics.Judgement;
import dev.udpfanout.bench.throughput.Traffic;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleBinaryOperator;
import java.util.function.Function;

/** What was aimed at. Comparisons are made round by round, within one run. */
public final class Targets {
    private static final int SWAP_ENDPOINTS = 1000;

    private Targets() {}

    /** All of them; those whose parts were not measured are left out. */
    public static List<Results.Target> of(Results results) {
        List<Results.Target> targets = new ArrayList<>();
        added(results, Contestant.DUMMY_INGRESS)
                .ifPresent(each -> targets.add(atMost("dummy0 ingress over NIC ingress, p50 one way", 1, "µs", each)));
        hops(results, Contestant.DUMMY_INGRESS)
                .ifPresent(each -> targets.add(atMost(
                        "dummy0 ingress over NIC ingress, from the NIC to the pod, by hops",
                        2,
                        Results.Target.TIMES,
                        each)));
        rate(results, Contestant.NIC_INGRESS, Contestant.NFTABLES)
                .ifPresent(each -> targets.add(atLeast(
                        "NIC ingress over nftables stateless, delivered a second", 1.35, Results.Target.TIMES, each)));
        rate(results, Contestant.NIC_NEIGH, Contestant.NFTABLES)
                .ifPresent(each -> targets.add(atLeast(
                        "NIC ingress with neigh over nftables stateless, delivered a second",
                        1.15,
                        Results.Target.TIMES,
                        each)));
        rate(results, Contestant.NIC_INGRESS, Contestant.KUBE_PROXY)
                .ifPresent(each -> targets.add(atLeast(
                        "NIC ingress over kube-proxy alone, delivered a second", 1.0, Results.Target.TIMES, each)));
        ProgramTargets.addTo(targets, results.program());
        results.swaps().stream()
                .filter(each -> each.endpoints() == SWAP_ENDPOINTS)
                .findFirst()
                .ifPresent(each -> {
                    targets.add(
                            atMost("a table of 1,000 endpoints, Java over C", 1.2, Results.Target.TIMES, each.ratio()));
                    targets.add(atMost("a change of 1,000 endpoints in use", 2000, "µs", each.inUse()));
                });
        return targets;
    }

    static Results.Target atMost(String what, double limit, String unit, Estimate measured) {
        return new Results.Target(what, "≤ " + Figures.text(limit), unit, measured, measured.atMost(limit));
    }

    private static Results.Target atLeast(String what, double limit, String unit, Estimate measured) {
        Judgement judgement = measured.atLeast(limit);
        return new Results.Target(what, "≥ " + Figures.text(limit), unit, measured, judgement);
    }

    private static Optional<Estimate> added(Results results, Contestant slower) {
        return compared(
                latency(results, slower), latency(results, Contestant.NIC_INGRESS), (one, other) -> one - other);
    }

    private static Optional<Estimate> hops(Results results, Contestant slower) {
        Function<Contestant, Optional<List<Double>>> total = contestant ->
                Optional.ofNullable(results.hops().get(contestant.label())).map(HopTimes.Split::totalByRound);
        return compared(total.apply(slower), total.apply(Contestant.NIC_INGRESS), (one, other) -> one / other);
    }

    private static Optional<Estimate> rate(Results results, Contestant faster, Contestant baseline) {
        Function<Contestant, Optional<List<Double>>> delivered = contestant -> results.throughput().stream()
                .filter(each -> each.contestant().equals(contestant.label()) && isOfTheJob(each))
                .map(Results.Throughput::deliveredByRound)
                .findFirst();
        return compared(delivered.apply(faster), delivered.apply(baseline), (one, other) -> one / other);
    }

    private static boolean isOfTheJob(Results.Throughput each) {
        return each.senders() == Traffic.JOB.senders() && each.sizes().equals(Traffic.JOB.sizes());
    }

    private static Optional<List<Double>> latency(Results results, Contestant contestant) {
        return results.latency().stream()
                .filter(each -> each.contestant().equals(contestant.label())
                        && each.series().equals(Series.POLLING.toString())
                        && each.senders() == Traffic.MANY_SENDERS)
                .map(Results.Latency::p50ByRound)
                .findFirst();
    }

    private static Optional<Estimate> compared(
            Optional<List<Double>> one, Optional<List<Double>> other, DoubleBinaryOperator by) {
        if (one.isEmpty() || other.isEmpty()) {
            return Optional.empty();
        }
        List<Double> values = new ArrayList<>();
        for (int round = 0; round < Math.min(one.get().size(), other.get().size()); round++) {
            values.add(by.applyAsDouble(one.get().get(round), other.get().get(round)));
        }
        return values.isEmpty() ? Optional.empty() : Optional.of(Estimate.of(values));
    }
}
