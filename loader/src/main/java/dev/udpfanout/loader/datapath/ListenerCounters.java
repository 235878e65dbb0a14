package dev.udpfanout.loader.datapath;

import dev.udpfanout.bindings.abi.counter.EndpointStats;
import dev.udpfanout.bindings.abi.counter.ListenerPathMtu;
import dev.udpfanout.bindings.abi.counter.ListenerStats;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What one listener has done, whichever datapath serves it.
 *
 * @param stats datagrams, and their bytes with the link-layer header
 * @param drops datagrams not forwarded, by the reason's label, for example {@code "no_endpoints"}: every reason that
 *     the datapath knows, also at 0
 * @param endpoints what was sent to each endpoint, counted as in {@code stats}; one that is not in it has been sent
 *     none, or is not counted
 * @param replies what has come back; empty for a listener without replies
 * @param pathMtu what became of packets that did not fit a way; empty where the stack sees to that, in user space
 * @param netflow what is known of exporters; empty for a listener that does not look at NetFlow
 */
public record ListenerCounters(
        ListenerStats stats,
        Map<String, Long> drops,
        Map<InetSocketAddress, EndpointStats> endpoints,
        Optional<ReplyCounters> replies,
        Optional<ListenerPathMtu> pathMtu,
        Optional<NetflowCounters> netflow) {
    /** Nothing as yet, and no reasons. */
    public static final ListenerCounters ZERO = new ListenerCounters(ListenerStats.ZERO, Map.of(), Map.of());

    public ListenerCounters {
        drops = Collections.unmodifiableMap(new TreeMap<>(drops));
        endpoints = Map.copyOf(endpoints);
    }

    /** Those of a listener that does not look at NetFlow. */
    public ListenerCounters(
            ListenerStats stats,
            Map<String, Long> drops,
            Map<InetSocketAddress, EndpointStats> endpoints,
            Optional<ReplyCounters> replies,
            Optional<ListenerPathMtu> pathMtu) {
        this(stats, drops, endpoints, replies, pathMtu, Optional.empty());
    }

    /** The same, with what is known of exporters. */
    public ListenerCounters with(NetflowCounters known) {
        return new ListenerCounters(stats, drops, endpoints, replies, pathMtu, Optional.of(known));
    }

    /** Those of a listener without replies. */
    public ListenerCounters(
            ListenerStats stats, Map<String, Long> drops, Map<InetSocketAddress, EndpointStats> endpoints) {
        this(stats, drops, endpoints, Optional.empty(), Optional.empty());
    }
}
