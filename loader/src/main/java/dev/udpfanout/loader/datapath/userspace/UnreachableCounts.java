package dev.udpfanout.loader.datapath.userspace;

import dev.udpfanout.forwarder.counter.ForwarderCounters.EndpointCounters;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Which endpoints' counts of ICMP port unreachable have grown between two looks at a forwarder. */
final class UnreachableCounts {
    private Map<InetSocketAddress, Long> before = Map.of();

    /** Those whose count is not what it was at the last call; a forwarder that is new begins at 0. */
    Set<InetSocketAddress> grown(Map<InetSocketAddress, EndpointCounters> counters) {
        Map<InetSocketAddress, Long> now = new HashMap<>();
        counters.forEach((endpoint, counted) -> now.put(endpoint, counted.unreachable()));
        Map<InetSocketAddress, Long> last = before;
        before = now;
        return now.entrySet().stream()
                .filter(each -> each.getValue() > 0 && !each.getValue().equals(last.get(each.getKey())))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }
}
