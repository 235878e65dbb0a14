package dev.udpfanout.loader.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.udpfanout.loader.config.ReceiverSet.Downstream;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** A round of turns against what weights promise. */
@Tag("unit")
class WeightedRoundPropertyTest {
    private static List<Endpoint> endpoints(List<Integer> weights) {
        return IntStream.range(0, weights.size())
                .mapToObj(i -> new Endpoint("pod", address(i), weights.get(i)))
                .toList();
    }

    private static InetSocketAddress address(int i) {
        return new InetSocketAddress("10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255), 5514);
    }

    private static Map<InetSocketAddress, Integer> count(List<InetSocketAddress> turns) {
        Map<InetSocketAddress, Integer> counts = new HashMap<>();
        turns.forEach(turn -> counts.merge(turn, 1, Integer::sum));
        return counts;
    }

    @Property
    void shouldGiveTurnsInTheRatioOfTheWeightsWhenTheyFit(
            @ForAll @Size(min = 1, max = 12) List<@IntRange(min = 1, max = Downstream.MAX_WEIGHT) Integer> weights) {
        int common = weights.stream()
                .map(BigInteger::valueOf)
                .reduce(BigInteger.ZERO, BigInteger::gcd)
                .intValue();
        Map<InetSocketAddress, Integer> counts = count(WeightedRound.of(endpoints(weights)));
        for (int i = 0; i < weights.size(); i++) {
            assertEquals(weights.get(i) / common, counts.get(address(i)), "turns of endpoint " + i);
        }
    }

    /**
     * Up to a moment t, an endpoint has had w t / W turns, rounded: half a turn off at the most, and all turns together
     * half a turn for each endpoint.
     */
    @Property
    void shouldKeepEveryEndpointNearItsShareAtEveryTurn(
            @ForAll @Size(min = 1, max = 12) List<@IntRange(min = 1, max = 60) Integer> weights) {
        List<InetSocketAddress> turns = WeightedRound.of(endpoints(weights));
        double sum = weights.stream().mapToInt(Integer::intValue).sum();
        Map<InetSocketAddress, Integer> taken = new HashMap<>();
        for (int turn = 0; turn < turns.size(); turn++) {
            taken.merge(turns.get(turn), 1, Integer::sum);
            for (int i = 0; i < weights.size(); i++) {
                double share = weights.get(i) / sum;
                double off = taken.getOrDefault(address(i), 0) - (turn + 1) * share;
                double most = 0.5 + share * weights.size() / 2;
                assertTrue(Math.abs(off) <= most + 1e-9, () -> "off by " + off + ", at most " + most);
            }
        }
    }

    @Property
    void shouldBeTheEndpointsInTheirOrderWhenAllAreAlike(
            @ForAll @IntRange(min = 0, max = 300) int count,
            @ForAll @IntRange(min = 1, max = Downstream.MAX_WEIGHT) int weight) {
        List<Integer> weights = IntStream.range(0, count).mapToObj(i -> weight).toList();
        assertEquals(
                IntStream.range(0, count).mapToObj(i -> address(i)).toList(), WeightedRound.of(endpoints(weights)));
    }

    @Property(tries = 20)
    void shouldStayWithinTheBoundAndLeaveNoneOutWhenWeightsAddUpToMore(
            @ForAll @IntRange(min = 20, max = 20_000) int count, @ForAll @IntRange(min = 1, max = 999) int light) {
        List<Integer> weights = IntStream.range(0, count)
                .mapToObj(i -> i % 3 == 0 ? Downstream.MAX_WEIGHT : light)
                .toList();
        List<InetSocketAddress> turns = WeightedRound.of(endpoints(weights));
        assertTrue(turns.size() <= Math.max(WeightedRound.MAX_TURNS, count), () -> turns.size() + " turns");
        Map<InetSocketAddress, Integer> counts = count(turns);
        assertEquals(count, counts.size(), "endpoints that have a turn");
        assertTrue(counts.get(address(0)) >= counts.get(address(1)), "the heavier has no fewer");
    }
}
