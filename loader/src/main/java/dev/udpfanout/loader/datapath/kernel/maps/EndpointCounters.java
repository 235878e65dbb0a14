package dev.udpfanout.loader.datapath.kernel.maps;

import dev.udpfanout.bindings.abi.Limits;
import dev.udpfanout.bindings.abi.counter.EndpointStats;
import dev.udpfanout.bindings.abi.endpoint.EndpointCounterKey;
import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.bindings.map.PerCpuArrayMap;
import dev.udpfanout.bindings.map.ReconciledMap;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import java.net.InetSocketAddress;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The map ENDPOINT_STATS, and in ENDPOINT_IDS the memory of whose each counter is: an endpoint keeps its counter over
 * restarts, and while it is out of the set, as long as there is room.
 */
public final class EndpointCounters {
    private static final Logger LOG = LoggerFactory.getLogger(EndpointCounters.class);
    private static final int NOT_COUNTED = 0;

    private final PerCpuArrayMap<EndpointStats> stats;
    private final ReconciledMap<EndpointCounterKey, Integer> ids;
    private final BitSet taken = new BitSet(Limits.ENDPOINT_COUNTERS);
    /** What {@link #ids} holds, by slot. */
    private final Map<Integer, Map<InetSocketAddress, Integer>> bySlot = new ConcurrentHashMap<>();

    private final Map<Integer, Set<InetSocketAddress>> inUse = new HashMap<>();
    private boolean isFullReported;

    /** Starts from what the maps hold: an earlier daemon may have filled them. */
    public EndpointCounters(KernelProgram program) {
        this.stats = program.map(SharedMaps.ENDPOINT_STATS);
        this.ids = new ReconciledMap<>(program.map(SharedMaps.ENDPOINT_IDS));
        taken.set(NOT_COUNTED);
        ids.inForce().forEach(this::note);
    }

    private void note(EndpointCounterKey key, int counter) {
        taken.set(counter);
        bySlot.computeIfAbsent(key.slot(), none -> new ConcurrentHashMap<>()).put(key.endpoint(), counter);
    }

    /** Says which endpoints a listener uses from now on; each gets a counter, if there is one. */
    void use(int slot, Collection<InetSocketAddress> endpoints) {
        inUse.put(slot, new HashSet<>(endpoints));
        for (InetSocketAddress endpoint : endpoints) {
            EndpointCounterKey key = new EndpointCounterKey(slot, endpoint);
            if (!ids.inForce().containsKey(key) && !allocate(key)) {
                return;
            }
        }
    }

    /** Forgets the counters of a listener that is gone. */
    void drop(int slot) {
        inUse.remove(slot);
        Map<InetSocketAddress, Integer> gone = bySlot.getOrDefault(slot, Map.of());
        free(gone.keySet().stream()
                .map(endpoint -> new EndpointCounterKey(slot, endpoint))
                .toList());
    }

    /** The index of an endpoint's counter; 0 if it has none. */
    int of(int slot, InetSocketAddress endpoint) {
        return ids.inForce().getOrDefault(new EndpointCounterKey(slot, endpoint), NOT_COUNTED);
    }

    private boolean allocate(EndpointCounterKey key) {
        if (taken.cardinality() >= Limits.ENDPOINT_COUNTERS) {
            freeUnused();
        }
        int counter = taken.nextClearBit(0);
        if (counter >= Limits.ENDPOINT_COUNTERS) {
            if (!isFullReported) {
                LOG.atWarn()
                        .addKeyValue("most", Limits.ENDPOINT_COUNTERS - 1)
                        .log("too many endpoints to count each; those beyond the limit still get datagrams");
            }
            isFullReported = true;
            return false;
        }
        stats.clear(counter);
        ids.put(key, counter);
        note(key, counter);
        return true;
    }

    private void freeUnused() {
        free(ids.inForce().keySet().stream()
                .filter(key -> !inUse.getOrDefault(key.slot(), Set.of()).contains(key.endpoint()))
                .toList());
    }

    private void free(List<EndpointCounterKey> gone) {
        Map<EndpointCounterKey, Integer> counters = new HashMap<>();
        gone.forEach(key -> counters.put(key, ids.inForce().get(key)));
        try {
            ids.removeAll(gone);
        } finally {
            counters.forEach((key, counter) -> {
                if (!ids.inForce().containsKey(key)) {
                    taken.clear(counter);
                    bySlot.get(key.slot()).remove(key.endpoint());
                }
            });
        }
    }

    /** What was sent to each endpoint that a listener has or had. Any thread. */
    Map<InetSocketAddress, EndpointStats> read(int slot) {
        Map<InetSocketAddress, EndpointStats> read = new HashMap<>();
        bySlot.getOrDefault(slot, Map.of()).forEach((endpoint, counter) -> read.put(endpoint, stats.get(counter)));
        return read;
    }
}
