package dev.udpfanout.loader.status;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What health probing has done since the daemon began.
 *
 * @param protocol for example {@code icmp}
 * @param targets how many endpoints are probed
 * @param down how many of them are down
 * @param results finished probes by result: {@code success}, {@code refused}, {@code timeout}, {@code not_sent}
 * @param changes how often an endpoint went up or down
 */
public record ProbingStatus(String protocol, long targets, long down, Map<String, Long> results, long changes) {
    public ProbingStatus {
        results = Collections.unmodifiableMap(new TreeMap<>(results));
    }
}
