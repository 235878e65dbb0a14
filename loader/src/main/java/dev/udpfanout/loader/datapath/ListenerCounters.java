package dev.udpfanout.loader.datapath;

import dev.udpfanout.bindings.abi.ListenerDrops;
import dev.udpfanout.bindings.abi.ListenerStats;
import java.net.InetSocketAddress;
import java.util.Map;

/**
 * What one listener has done.
 *
 * @param stats datagrams and bytes
 * @param drops datagrams not forwarded, by reason
 * @param endpointPackets datagrams sent to each endpoint; one that is not in it has been sent none, or is not counted
 */
public record ListenerCounters(ListenerStats stats, ListenerDrops drops, Map<InetSocketAddress, Long> endpointPackets) {
    public ListenerCounters {
        endpointPackets = Map.copyOf(endpointPackets);
    }
}
