package dev.udpfanout.loader.datapath.kernel.maps;

import dev.udpfanout.bindings.abi.listener.ListenerFlag;
import dev.udpfanout.bindings.abi.listener.PayloadKeyEntry;
import dev.udpfanout.loader.config.Payload;
import dev.udpfanout.loader.config.PayloadKey;
import dev.udpfanout.loader.config.ReceiverSet.HashOn;
import dev.udpfanout.loader.config.ReceiverSet.Spreading;
import dev.udpfanout.loader.control.SpreadPlan;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A {@link SpreadPlan} in the maps' terms.
 *
 * @param layout of the listener's table: it says in which map of tables that is
 * @param endpoints as the layout takes them
 * @param flags that have the program do it, but for those that say in which map the table is
 */
record KernelSpread(TableLayout layout, List<InetSocketAddress> endpoints, Set<ListenerFlag> flags) {
    static KernelSpread of(SpreadPlan plan) {
        return switch (plan) {
            case SpreadPlan.RoundRobin(var endpoints) -> new KernelSpread(TableLayout.TURNS, endpoints, Set.of());
            case SpreadPlan.Weighted(var turns) -> new KernelSpread(TableLayout.TURNS, turns, Set.of());
            case SpreadPlan.Hash(var endpoints, var on) -> new KernelSpread(TableLayout.BUCKETS, endpoints, Set.of());
            case SpreadPlan.Netflow(var endpoints, var leftOut) ->
                new KernelSpread(TableLayout.TURNS, endpoints, Set.of(ListenerFlag.NETFLOW));
            case SpreadPlan.Keyed(var endpoints, var key) ->
                new KernelSpread(TableLayout.BUCKETS, endpoints, Set.of(ListenerFlag.HASH_PAYLOAD));
            case SpreadPlan.Metrics(var endpoints) ->
                new KernelSpread(TableLayout.BUCKETS, endpoints, Set.of(ListenerFlag.HASH_PAYLOAD));
            case SpreadPlan.Replicate(var endpoints, var leftOut) ->
                new KernelSpread(TableLayout.TURNS, endpoints, Set.of(ListenerFlag.REPLICATE));
        };
    }

    /** What has the program go by the table of buckets. */
    static ListenerFlag bucketsFlag(HashOn on) {
        return switch (on) {
            case SOURCE -> ListenerFlag.HASH_SOURCE;
            case SOURCE_PORT -> ListenerFlag.HASH_SOURCE_PORT;
        };
    }

    /** What PAYLOAD_KEYS must say; empty: the payload decides nothing. */
    static Optional<PayloadKeyEntry> payloadKey(Spreading spreading) {
        return spreading.payload() == Payload.STATSD
                ? Optional.of(PayloadKeyEntry.METRIC_NAME)
                : spreading.key().map(KernelSpread::entry);
    }

    private static PayloadKeyEntry entry(PayloadKey key) {
        return new PayloadKeyEntry(
                key.offset(),
                key.bytes(),
                key.when()
                        .map(when -> new PayloadKeyEntry.Match(when.offset(), when.expected(), when.bytes()))
                        .orElse(PayloadKeyEntry.Match.ANY),
                key.withSource(),
                key.otherwise() == PayloadKey.Otherwise.SOURCE);
    }
}
