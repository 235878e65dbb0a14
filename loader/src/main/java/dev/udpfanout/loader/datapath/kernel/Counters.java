package dev.udpfanout.loader.datapath.kernel;

import dev.udpfanout.bindings.abi.ListenerDrops;
import dev.udpfanout.bindings.abi.ListenerStats;
import dev.udpfanout.bindings.libbpf.BpfMap;
import dev.udpfanout.loader.datapath.ListenerCounters;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.TreeMap;

/** The maps STATS and DROPS, summed over the CPUs. */
final class Counters {
    private final BpfMap stats;
    private final BpfMap drops;
    private final int cpus = BpfMap.possibleCpus();

    Counters(BpfMap stats, BpfMap drops) {
        this.stats = stats;
        this.drops = drops;
    }

    ListenerCounters read(int slot) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocateFrom(ValueLayout.JAVA_INT, slot);
            MemorySegment statsOfCpus = arena.allocate(ListenerStats.BYTES * cpus, Long.BYTES);
            MemorySegment dropsOfCpus = arena.allocate(ListenerDrops.BYTES * cpus, Long.BYTES);
            stats.get(key, statsOfCpus);
            drops.get(key, dropsOfCpus);
            Map<String, Long> byLabel = new TreeMap<>();
            ListenerDrops.sum(dropsOfCpus, cpus)
                    .packets()
                    .forEach((reason, count) -> byLabel.put(reason.label(), count));
            return new ListenerCounters(ListenerStats.sum(statsOfCpus, cpus), byLabel);
        }
    }
}
