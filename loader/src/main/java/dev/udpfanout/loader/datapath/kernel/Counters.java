package dev.udpfanout.loader.datapath.kernel;

import dev.udpfanout.bindings.abi.ListenerDrops;
import dev.udpfanout.bindings.abi.ListenerStats;
import dev.udpfanout.bindings.abi.ProcessingTimes;
import dev.udpfanout.bindings.libbpf.BpfMap;
import dev.udpfanout.loader.datapath.ListenerCounters;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.TreeMap;

/** The maps STATS, DROPS and LATENCY, and each endpoint's packets, summed over the CPUs. */
final class Counters {
    private final BpfMap stats;
    private final BpfMap drops;
    private final BpfMap latency;
    private final EndpointCounters endpoints;
    private final int cpus = BpfMap.possibleCpus();

    Counters(BpfMap stats, BpfMap drops, BpfMap latency, EndpointCounters endpoints) {
        this.stats = stats;
        this.drops = drops;
        this.latency = latency;
        this.endpoints = endpoints;
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
            return new ListenerCounters(ListenerStats.sum(statsOfCpus, cpus), byLabel, endpoints.read(slot));
        }
    }

    ProcessingTimes processingTimes() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ofCpus = arena.allocate(ProcessingTimes.BYTES * cpus, Long.BYTES);
            latency.get(arena.allocateFrom(ValueLayout.JAVA_INT, 0), ofCpus);
            return ProcessingTimes.sum(ofCpus, cpus);
        }
    }
}
