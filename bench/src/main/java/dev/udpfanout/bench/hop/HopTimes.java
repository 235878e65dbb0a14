package dev.udpfanout.bench.hop;

import java.util.List;
import java.util.function.ToDoubleFunction;
import org.apache.commons.math3.stat.descriptive.rank.Median;

/**
 * When one datagram passed each hook; CLOCK_MONOTONIC, nanoseconds.
 *
 * @param nicNs at the NIC's ingress, before netfilter
 * @param outNs at dummy0's egress; 0 where it does not pass there
 * @param inNs at dummy0's ingress; 0 where it does not pass there
 * @param podNs at the pod's ingress
 */
public record HopTimes(long nicNs, long outNs, long inNs, long podNs) {
    /**
     * Medians in microseconds over many datagrams.
     *
     * @param totalByRound the medians of the rounds
     */
    public record Split(
            double dnatAndRouting,
            double turnAround,
            double rewriteAndRedirect,
            double total,
            List<Double> totalByRound) {}

    /**
     * What the way from the NIC to the pod consists of; parts that there are not are 0.
     *
     * @param rounds what was seen in each, something in at least one
     */
    public static Split split(List<List<HopTimes>> rounds) {
        List<HopTimes> all = rounds.stream().flatMap(List::stream).toList();
        return new Split(
                median(all, each -> each.outNs == 0 ? 0 : each.outNs - each.nicNs),
                median(all, each -> each.inNs == 0 ? 0 : each.inNs - each.outNs),
                median(all, each -> each.podNs - each.lastBeforeRewriteNs()),
                median(all, HopTimes::totalNs),
                rounds.stream()
                        .filter(round -> !round.isEmpty())
                        .map(round -> median(round, HopTimes::totalNs))
                        .toList());
    }

    private long totalNs() {
        return podNs - nicNs;
    }

    private long lastBeforeRewriteNs() {
        return inNs != 0 ? inNs : outNs != 0 ? outNs : nicNs;
    }

    private static double median(List<HopTimes> all, ToDoubleFunction<HopTimes> part) {
        return new Median().evaluate(all.stream().mapToDouble(part).toArray()) / 1e3;
    }
}
