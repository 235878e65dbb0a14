package dev.udpfanout.loader.datapath;

import dev.udpfanout.bindings.abi.ListenerStats;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one listener has done, whichever datapath serves it.
 *
 * @param stats datagrams, and their bytes with the link-layer header
 * @param drops datagrams not forwarded, by the reason's label, for example {@code "no_endpoints"}: every reason that the
 *     datapath knows, also at 0
 */
public record ListenerCounters(ListenerStats stats, Map<String, Long> drops) {
    /** Nothing as yet, and no reasons. */
    public static final ListenerCounters ZERO = new ListenerCounters(ListenerStats.ZERO, Map.of());

    public ListenerCounters {
        drops = Collections.unmodifiableMap(new TreeMap<>(drops));
    }
}
