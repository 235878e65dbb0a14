package dev.udpfanout.loader.status;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is known of closed ports.
 *
 * @param closed how many endpoints are out because nobody listens at their port
 * @param checks how often an endpoint was asked, by result: {@code refused}, {@code timeout}, {@code not_sent}
 */
public record PortsStatus(long closed, Map<String, Long> checks) {
    /** Nothing as yet. */
    public static final PortsStatus NONE = new PortsStatus(0, Map.of());

    public PortsStatus {
        Map<String, Long> possible = new TreeMap<>(checks);
        // Nobody answers an empty datagram with anything that would count.
        possible.remove("success");
        checks = Collections.unmodifiableMap(possible);
    }
}
