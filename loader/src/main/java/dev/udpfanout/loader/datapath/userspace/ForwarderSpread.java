package dev.udpfanout.loader.datapath.userspace;

import dev.udpfanout.bindings.abi.endpoint.SourceHash;
import dev.udpfanout.forwarder.EndpointTable;
import dev.udpfanout.forwarder.spread.MetricHash;
import dev.udpfanout.forwarder.spread.PayloadHash;
import dev.udpfanout.forwarder.spread.SourceHash.Mixing;
import dev.udpfanout.forwarder.spread.Spread;
import dev.udpfanout.loader.config.PayloadKey;
import dev.udpfanout.loader.config.ReceiverSet.HashOn;
import dev.udpfanout.loader.control.HashTable;
import dev.udpfanout.loader.control.SpreadPlan;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/** A {@link SpreadPlan} in the forwarder's terms. */
final class ForwarderSpread {
    /** The kernel program's: a source keeps its endpoint whichever datapath serves the listener. */
    private static final Mixing MIXING = new Mixing(SourceHash.SEED, SourceHash.FIRST_FACTOR, SourceHash.SECOND_FACTOR);

    private ForwarderSpread() {}

    static EndpointTable table(SpreadPlan plan) {
        return switch (plan) {
            case SpreadPlan.RoundRobin(var endpoints) -> new EndpointTable(endpoints);
            case SpreadPlan.Weighted(var turns) -> new EndpointTable(turns);
            case SpreadPlan.Hash(var endpoints, var on) ->
                endpoints.isEmpty() ? EndpointTable.EMPTY : hashed(endpoints, on);
            case SpreadPlan.Netflow(var endpoints, var leftOut) -> new EndpointTable(endpoints, Spread.NETFLOW);
            case SpreadPlan.Keyed(var endpoints, var key) ->
                endpoints.isEmpty() ? EndpointTable.EMPTY : keyed(endpoints, key);
            case SpreadPlan.Metrics(var endpoints) -> endpoints.isEmpty() ? EndpointTable.EMPTY : byMetric(endpoints);
            case SpreadPlan.Replicate(var endpoints, var leftOut) -> new EndpointTable(endpoints, Spread.TO_ALL);
        };
    }

    /** Whether it has to know where a datagram comes from. */
    static boolean asksForSources(SpreadPlan plan) {
        return switch (plan) {
            case SpreadPlan.Hash hash -> true;
            case SpreadPlan.Keyed(var endpoints, var key) ->
                key.withSource() || key.otherwise() == PayloadKey.Otherwise.SOURCE;
            case SpreadPlan.Metrics metrics -> false;
            case SpreadPlan.RoundRobin roundRobin -> false;
            case SpreadPlan.Weighted weighted -> false;
            // Templates are known by their exporter.
            case SpreadPlan.Netflow netflow -> true;
            // A datagram that has come back cannot be told without its sender.
            case SpreadPlan.Replicate replicate -> true;
        };
    }

    private static EndpointTable hashed(List<InetSocketAddress> endpoints, HashOn on) {
        HashTable table = HashTable.of(endpoints, SourceHash.BUCKET_BITS);
        return new EndpointTable(table.endpoints(), buckets(table, on));
    }

    private static EndpointTable keyed(List<InetSocketAddress> endpoints, PayloadKey key) {
        HashTable table = HashTable.of(endpoints, SourceHash.BUCKET_BITS);
        PayloadHash.Key bytes = new PayloadHash.Key(key.offset(), key.bytes(), key.withSource());
        Optional<PayloadHash.Match> match =
                key.when().map(when -> new PayloadHash.Match(when.offset(), when.expected(), when.bytes()));
        boolean elseBySource = key.otherwise() == PayloadKey.Otherwise.SOURCE;
        return new EndpointTable(
                table.endpoints(), new PayloadHash(buckets(table, HashOn.SOURCE), bytes, match, elseBySource));
    }

    private static EndpointTable byMetric(List<InetSocketAddress> endpoints) {
        HashTable table = HashTable.of(endpoints, SourceHash.BUCKET_BITS);
        return new EndpointTable(table.endpoints(), new MetricHash(buckets(table, HashOn.SOURCE)));
    }

    private static dev.udpfanout.forwarder.spread.SourceHash buckets(HashTable table, HashOn on) {
        return dev.udpfanout.forwarder.spread.SourceHash.of(
                MIXING, on == HashOn.SOURCE_PORT, SourceHash.BUCKET_BITS, table::owner);
    }
}
