package dev.udpfanout.loader.control;

import dev.udpfanout.loader.config.Payload;
import dev.udpfanout.loader.config.PayloadKey;
import dev.udpfanout.loader.config.Policy;
import dev.udpfanout.loader.config.ReceiverSet.HashOn;
import dev.udpfanout.loader.config.ReceiverSet.Spreading;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * How a set's datagrams are spread over its endpoints: one kind for each {@link Policy}, with all that a datapath needs
 * to do it. Both datapaths go through the kinds in a {@code switch} without a default, so that the compiler names each
 * place that a new kind needs.
 */
public sealed interface SpreadPlan {
    /** How many endpoints get nothing, since there are more than the policy can serve. */
    default int leftOut() {
        return 0;
    }

    /**
     * Each endpoint in turn.
     *
     * @param endpoints in the order of their turns, each once
     */
    record RoundRobin(List<InetSocketAddress> endpoints) implements SpreadPlan {}

    /**
     * Each endpoint in turn, as often as its weight says.
     *
     * @param turns of a round, in their order: an endpoint stands there once for each turn that it has
     */
    record Weighted(List<InetSocketAddress> turns) implements SpreadPlan {}

    /**
     * The endpoint that owns the bucket which a datagram's source leads to: see {@link HashTable}.
     *
     * @param endpoints each once, in any order
     * @param on what the bucket follows from
     */
    record Hash(List<InetSocketAddress> endpoints, HashOn on) implements SpreadPlan {}

    /**
     * The endpoint that owns the bucket which bytes of the payload lead to; a datagram without them goes as the key
     * says.
     *
     * @param endpoints each once, in any order
     * @param key which bytes
     */
    record Keyed(List<InetSocketAddress> endpoints, PayloadKey key) implements SpreadPlan {}

    /**
     * The endpoint that owns the bucket which the name of a StatsD metric leads to; what has no name goes to each in
     * turn.
     *
     * @param endpoints each once, in any order
     */
    record Metrics(List<InetSocketAddress> endpoints) implements SpreadPlan {}

    /**
     * A copy to each endpoint.
     *
     * @param endpoints each once, at most {@link Policy#MAX_COPIES}
     * @param leftOut how many more there are, which get none
     */
    record Replicate(List<InetSocketAddress> endpoints, int leftOut) implements SpreadPlan {}

    /**
     * Templates of NetFlow v9 and IPFIX to each endpoint, and everything else to each endpoint in turn.
     *
     * @param endpoints in the order of their turns, each once, at most {@link Policy#MAX_COPIES}
     * @param leftOut how many more there are, which get nothing
     */
    record Netflow(List<InetSocketAddress> endpoints, int leftOut) implements SpreadPlan {}

    /** @param endpoints none twice; their weights count if the policy goes by them */
    static SpreadPlan of(Spreading spreading, List<Endpoint> endpoints) {
        return switch (spreading.policy()) {
            case ROUND_ROBIN ->
                switch (spreading.payload()) {
                    // Metrics of StatsD go by a hash alone: the file is refused otherwise.
                    case NONE, STATSD -> new RoundRobin(addresses(endpoints));
                    case NETFLOW -> new Netflow(forCopies(endpoints), beyondCopies(endpoints));
                };
            case WEIGHTED -> new Weighted(WeightedRound.of(endpoints));
            case HASH -> hashed(spreading, addresses(endpoints));
            case REPLICATE -> new Replicate(forCopies(endpoints), beyondCopies(endpoints));
        };
    }

    private static SpreadPlan hashed(Spreading spreading, List<InetSocketAddress> endpoints) {
        if (spreading.payload() == Payload.STATSD) {
            return new Metrics(endpoints);
        }
        return spreading.key().isPresent()
                ? new Keyed(endpoints, spreading.key().get())
                : new Hash(endpoints, spreading.hashOn());
    }

    private static List<InetSocketAddress> forCopies(List<Endpoint> endpoints) {
        return addresses(endpoints.stream().limit(Policy.MAX_COPIES).toList());
    }

    private static int beyondCopies(List<Endpoint> endpoints) {
        return Math.max(0, endpoints.size() - Policy.MAX_COPIES);
    }

    private static List<InetSocketAddress> addresses(List<Endpoint> endpoints) {
        return endpoints.stream().map(Endpoint::address).toList();
    }
}
