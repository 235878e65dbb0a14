package dev.udpfanout.forwarder.worker;

import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A worker's counts by endpoint. One that leaves the table keeps its counts, for when it comes back: of those that have
 * left, the last {@link #MAX_LEFT} are remembered. The controlling thread's.
 */
final class EndpointCounts {
    static final int MAX_LEFT = 1024;

    private final Map<InetSocketAddress, TargetCounters> installed = new LinkedHashMap<>();
    /** The one that left first comes first. */
    private final Map<InetSocketAddress, TargetCounters> left = new LinkedHashMap<>();

    /** Those of an endpoint that may be about to enter the table; counted on only if it is then {@link #install}ed. */
    TargetCounters of(InetSocketAddress endpoint) {
        TargetCounters known = installed.getOrDefault(endpoint, left.get(endpoint));
        return known == null ? new TargetCounters() : known;
    }

    /** @param targets all of the table, each once, with counters from {@link #of} */
    void install(Collection<? extends Target> targets) {
        Map<InetSocketAddress, TargetCounters> before = new LinkedHashMap<>(installed);
        installed.clear();
        targets.forEach(target -> installed.put(target.endpoint(), target.counters()));
        before.keySet().removeAll(installed.keySet());
        left.keySet().removeAll(installed.keySet());
        left.putAll(before);
        var oldest = left.entrySet().iterator();
        for (int excess = left.size() - MAX_LEFT; excess > 0; excess--) {
            oldest.next();
            oldest.remove();
        }
    }

    /** Those in the table, in its order, then those that have left it. */
    Map<InetSocketAddress, TargetCounters> all() {
        Map<InetSocketAddress, TargetCounters> all = new LinkedHashMap<>(installed);
        all.putAll(left);
        return all;
    }
}
