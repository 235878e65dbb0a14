package dev.udpfanout.loader.control;

import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * The order in which endpoints take turns, each as often as its weight says, and each's turns as far apart as they can
 * be: what the datapaths go through over and over.
 *
 * <p>If a round takes W units of time, turn k of an endpoint of weight w is due at (k + 1/2) W / w, and turns are taken
 * as they are due. So up to any moment t an endpoint has had its exact share w t / W, rounded.
 */
public final class WeightedRound {
    /**
     * Turns of a round at the most, unless there are more endpoints. It bounds the table (32 bytes a turn in the
     * kernel) and the time that it takes to fill it.
     */
    public static final int MAX_TURNS = 16_384;

    private WeightedRound() {}

    /** A turn that is to come. */
    private record Turn(int endpoint, int weight, long taken) {
        /** Compares (taken + 1/2) / weight, without rounding. */
        static final Comparator<Turn> DUE = (one, other) -> {
            int byTime = Long.compare((2 * one.taken + 1) * other.weight, (2 * other.taken + 1) * one.weight);
            return byTime != 0 ? byTime : Integer.compare(one.endpoint, other.endpoint);
        };

        Turn next() {
            return new Turn(endpoint, weight, taken + 1);
        }
    }

    /**
     * One round. Shares are exact if the weights, divided by what they have in common, add up to at most
     * {@link #MAX_TURNS}; beyond that they are rounded, and none to nothing.
     *
     * @param endpoints none twice
     * @return each endpoint's address as many times as it has turns; the endpoints in their order if all weights are
     *     equal
     */
    public static List<InetSocketAddress> of(List<Endpoint> endpoints) {
        int[] turns = turns(endpoints);
        PriorityQueue<Turn> due = new PriorityQueue<>(Turn.DUE);
        long sum = 0;
        for (int i = 0; i < turns.length; i++) {
            due.add(new Turn(i, turns[i], 0));
            sum += turns[i];
        }
        List<InetSocketAddress> round = new ArrayList<>(Math.toIntExact(sum));
        while (!due.isEmpty()) {
            Turn turn = due.remove();
            round.add(endpoints.get(turn.endpoint).address());
            if (turn.taken + 1 < turn.weight) {
                due.add(turn.next());
            }
        }
        return round;
    }

    private static int[] turns(List<Endpoint> endpoints) {
        int common = endpoints.stream().mapToInt(Endpoint::weight).reduce(0, (a, b) -> BigInteger.valueOf(a)
                .gcd(BigInteger.valueOf(b))
                .intValue());
        long sum = endpoints.stream().mapToLong(Endpoint::weight).sum();
        int free = Math.max(MAX_TURNS - endpoints.size(), 0);
        boolean fits = endpoints.isEmpty() || sum / common <= MAX_TURNS;
        return endpoints.stream()
                .mapToInt(endpoint -> fits || sum == (long) common * endpoints.size()
                        ? endpoint.weight() / common
                        : 1 + (int) (endpoint.weight() * (long) free / sum))
                .toArray();
    }
}
