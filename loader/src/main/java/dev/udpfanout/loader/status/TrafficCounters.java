package dev.udpfanout.loader.status;

import dev.udpfanout.bindings.abi.counter.ListenerPathMtu;
import dev.udpfanout.bindings.abi.counter.ListenerStats;
import dev.udpfanout.loader.datapath.ListenerCounters;
import dev.udpfanout.loader.datapath.NetflowCounters;
import dev.udpfanout.loader.datapath.ReplyCounters;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a listener has done, since its counters began: they outlive the daemon.
 *
 * @param packetsReceived datagrams that matched
 * @param packetsForwarded datagrams handed to the next hop
 * @param bytesReceived frame bytes
 * @param bytesForwarded frame bytes
 * @param packetsDropped datagrams by reason, for example {@code no_endpoints}; every reason that there is, also at 0
 * @param replies what has come back; empty for a listener without replies
 * @param pathMtu what became of packets that did not fit a way; empty in user space, where the stack sees to that
 * @param netflow what is known of exporters; empty for a listener that does not look at NetFlow
 */
public record TrafficCounters(
        long packetsReceived,
        long packetsForwarded,
        long bytesReceived,
        long bytesForwarded,
        Map<String, Long> packetsDropped,
        Optional<ReplyCounters> replies,
        Optional<ListenerPathMtu> pathMtu,
        Optional<NetflowCounters> netflow) {

    public TrafficCounters {
        packetsDropped = Collections.unmodifiableMap(new TreeMap<>(packetsDropped));
    }

    /** Those of a listener without replies. */
    public TrafficCounters(
            long packetsReceived,
            long packetsForwarded,
            long bytesReceived,
            long bytesForwarded,
            Map<String, Long> packetsDropped) {
        this(
                packetsReceived,
                packetsForwarded,
                bytesReceived,
                bytesForwarded,
                packetsDropped,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** The counters that a datapath reports. */
    public static TrafficCounters of(ListenerCounters counters) {
        ListenerStats stats = counters.stats();
        return new TrafficCounters(
                stats.packetsReceived(),
                stats.packetsForwarded(),
                stats.bytesReceived(),
                stats.bytesForwarded(),
                counters.drops(),
                counters.replies(),
                counters.pathMtu(),
                counters.netflow());
    }
}
