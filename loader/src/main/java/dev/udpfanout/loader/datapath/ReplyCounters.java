package dev.udpfanout.loader.datapath;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a listener's endpoints have answered.
 *
 * @param flowsCreated flows that were not there before
 * @param packetsForwarded answers handed on to the client
 * @param bytesForwarded their frame bytes
 * @param drops answers not forwarded, by the reason's label, as those of datagrams; also at 0
 */
public record ReplyCounters(long flowsCreated, long packetsForwarded, long bytesForwarded, Map<String, Long> drops) {
    public ReplyCounters {
        drops = Collections.unmodifiableMap(new TreeMap<>(drops));
    }
}
