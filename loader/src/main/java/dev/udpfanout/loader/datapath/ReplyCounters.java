package dev.udpfanout.loader.datapath;

import java.util.Collections;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * What has become of the replies to one listener's clients, and of the flows that they belong to.
 *
 * @param flows at present; empty where that is not known by listener
 * @param flowsCreated those begun
 * @param flowsEnded those ended by reason, {@code evicted} or {@code expired}, as far as they are counted by listener
 * @param packetsForwarded replies sent to clients
 * @param bytesForwarded their frame bytes, with the link-layer header
 * @param packetsDropped replies that were not, by reason, for example {@code too_long}
 */
public record ReplyCounters(
        OptionalLong flows,
        long flowsCreated,
        Map<String, Long> flowsEnded,
        long packetsForwarded,
        long bytesForwarded,
        Map<String, Long> packetsDropped) {
    public ReplyCounters {
        flowsEnded = Collections.unmodifiableMap(new TreeMap<>(flowsEnded));
        packetsDropped = Collections.unmodifiableMap(new TreeMap<>(packetsDropped));
    }
}
