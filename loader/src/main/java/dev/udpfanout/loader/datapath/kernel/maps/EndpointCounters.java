package dev.udpfanout.loader.datapath.kernel.maps;

import dev.udpfanout.bindings.abi.Limits;
import dev.udpfanout.bindings.abi.endpoint.EndpointCounterKey;
import dev.udpfanout.bindings.libbpf.BpfMap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The map ENDPOINT_PACKETS, and in ENDPOINT_IDS the memory of whose each counter is: an endpoint keeps its counter over
 * restarts, and while it is out of the set, as long as there is room.
 */
public final class EndpointCounters {
    private static final Logger LOG = LoggerFactory.getLogger(EndpointCounters.class);
    private static final int NOT_COUNTED = 0;

    private final BpfMap packets;
    private final BpfMap ids;
    private final int cpus = BpfMap.possibleCpus();
    private final Map<EndpointCounterKey, Integer> counters = new ConcurrentHashMap<>();
    private final BitSet taken = new BitSet(Limits.ENDPOINT_COUNTERS);
    private final Map<Integer, Set<InetSocketAddress>> inUse = new HashMap<>();
    private boolean isFullReported;

    /** Starts from what the maps hold: an earlier daemon may have filled them. */
    public EndpointCounters(BpfMap packets, BpfMap ids) {
        this.packets = packets;
        this.ids = ids;
        taken.set(NOT_COUNTED);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(EndpointCounterKey.BYTES, Integer.BYTES);
            MemorySegment id = arena.allocate(ValueLayout.JAVA_INT);
            for (boolean more = ids.nextKey(MemorySegment.NULL, key); more; more = ids.nextKey(key, key)) {
                if (ids.get(key, id)) {
                    int counter = id.get(ValueLayout.JAVA_INT, 0);
                    counters.put(EndpointCounterKey.read(key), counter);
                    taken.set(counter);
                }
            }
        }
    }

    /** Says which endpoints a listener uses from now on; each gets a counter, if there is one. */
    void use(int slot, Collection<InetSocketAddress> endpoints) {
        inUse.put(slot, new HashSet<>(endpoints));
        for (InetSocketAddress endpoint : endpoints) {
            EndpointCounterKey key = new EndpointCounterKey(slot, endpoint);
            if (!counters.containsKey(key) && !allocate(key)) {
                return;
            }
        }
    }

    /** Forgets the counters of a listener that is gone. */
    void drop(int slot) {
        inUse.remove(slot);
        counters.keySet().stream().filter(key -> key.slot() == slot).forEach(this::free);
    }

    /** The index of an endpoint's counter; 0 if it has none. */
    int of(int slot, InetSocketAddress endpoint) {
        return counters.getOrDefault(new EndpointCounterKey(slot, endpoint), NOT_COUNTED);
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
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment index = arena.allocateFrom(ValueLayout.JAVA_INT, counter);
            packets.put(index, arena.allocate((long) Long.BYTES * cpus, Long.BYTES));
            ids.put(key.write(arena), index);
        }
        taken.set(counter);
        counters.put(key, counter);
        return true;
    }

    private void freeUnused() {
        counters.keySet().stream()
                .filter(key -> !inUse.getOrDefault(key.slot(), Set.of()).contains(key.endpoint()))
                .forEach(this::free);
    }

    private void free(EndpointCounterKey key) {
        Integer counter = counters.remove(key);
        if (counter != null) {
            try (Arena arena = Arena.ofConfined()) {
                ids.remove(key.write(arena));
            }
            taken.clear(counter);
        }
    }

    /** Datagrams sent to each endpoint that a listener has or had. Any thread. */
    Map<InetSocketAddress, Long> read(int slot) {
        Map<InetSocketAddress, Long> read = new HashMap<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment index = arena.allocate(ValueLayout.JAVA_INT);
            MemorySegment perCpu = arena.allocate(ValueLayout.JAVA_LONG, cpus);
            counters.forEach((key, counter) -> {
                if (key.slot() == slot) {
                    index.set(ValueLayout.JAVA_INT, 0, counter);
                    packets.get(index, perCpu);
                    long sum = 0;
                    for (int cpu = 0; cpu < cpus; cpu++) {
                        sum += perCpu.getAtIndex(ValueLayout.JAVA_LONG, cpu);
                    }
                    read.put(key.endpoint(), sum);
                }
            });
        }
        return read;
    }
}
