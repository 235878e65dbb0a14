package dev.udpfanout.loader.datapath.userspace;

import dev.udpfanout.bindings.abi.Limits;
import dev.udpfanout.bindings.abi.endpoint.SourceHash;
import dev.udpfanout.forwarder.EndpointTable;
import dev.udpfanout.forwarder.spread.SourceHash.Mixing;
import dev.udpfanout.forwarder.spread.Spread;
import dev.udpfanout.loader.config.ListenerConfig;
import dev.udpfanout.loader.config.ReceiverSet.HashOn;
import dev.udpfanout.loader.control.Endpoint;
import dev.udpfanout.loader.control.EndpointSet;
import dev.udpfanout.loader.control.HashTable;
import dev.udpfanout.loader.control.WeightedRound;
import java.net.InetSocketAddress;
import java.util.List;

/** A listener's endpoints and policy in the forwarder's terms. */
final class ForwarderEndpoints {
    /** The kernel program's: a source keeps its endpoint whichever datapath serves the listener. */
    private static final Mixing MIXING = new Mixing(SourceHash.SEED, SourceHash.FIRST_FACTOR, SourceHash.SECOND_FACTOR);

    /** As many as in the kernel: more receivers than that get none. */
    static final int MAX_COPIES = Math.min(Limits.MAX_COPIES, Spread.ToAll.MAX_COPIES);

    private ForwarderEndpoints() {}

    /** The addresses that {@link #table} takes: for turns, one as often as it has any. */
    static List<InetSocketAddress> addresses(ListenerConfig listener, EndpointSet set) {
        return switch (listener.receivers().policy()) {
            case ROUND_ROBIN, WEIGHTED -> WeightedRound.of(set.endpoints());
            case HASH -> set.endpoints().stream().map(Endpoint::address).toList();
            case REPLICATE ->
                set.endpoints().stream()
                        .map(Endpoint::address)
                        .limit(MAX_COPIES)
                        .toList();
        };
    }

    static EndpointTable table(ListenerConfig listener, List<InetSocketAddress> addresses) {
        return switch (listener.receivers().policy()) {
            case ROUND_ROBIN, WEIGHTED -> new EndpointTable(addresses);
            case HASH -> addresses.isEmpty() ? EndpointTable.EMPTY : hashed(listener, addresses);
            case REPLICATE -> new EndpointTable(addresses, Spread.TO_ALL);
        };
    }

    private static EndpointTable hashed(ListenerConfig listener, List<InetSocketAddress> addresses) {
        HashTable table = HashTable.of(addresses, SourceHash.BUCKET_BITS);
        return new EndpointTable(
                table.endpoints(),
                dev.udpfanout.forwarder.spread.SourceHash.of(
                        MIXING,
                        listener.receivers().spreading().hashOn() == HashOn.SOURCE_PORT,
                        SourceHash.BUCKET_BITS,
                        table::owner));
    }

    /** Whether endpoints are given out differently under two configurations. */
    static boolean differ(ListenerConfig one, ListenerConfig other) {
        return !one.receivers().spreading().equals(other.receivers().spreading());
    }
}
