package dev.udpfanout.loader.datapath.kernel.maps;

import dev.udpfanout.bindings.abi.counter.DropReason;
import dev.udpfanout.bindings.abi.counter.ListenerDrops;
import dev.udpfanout.bindings.abi.counter.ListenerReplies;
import dev.udpfanout.bindings.abi.counter.ListenerStats;
import dev.udpfanout.bindings.abi.counter.ProcessingTimes;
import dev.udpfanout.bindings.libbpf.BpfMap;
import dev.udpfanout.loader.datapath.ListenerCounters;
import dev.udpfanout.loader.datapath.ReplyCounters;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/** The maps STATS, DROPS, LATENCY and REPLIES, and each endpoint's packets, summed over the CPUs. */
public final class Counters {
    private final BpfMap stats;
    private final BpfMap drops;
    private final BpfMap latency;
    private final BpfMap replies;
    private final EndpointCounters endpoints;
    private final int cpus = BpfMap.possibleCpus();

    public Counters(BpfMap stats, BpfMap drops, BpfMap latency, BpfMap replies, EndpointCounters endpoints) {
        this.stats = stats;
        this.drops = drops;
        this.latency = latency;
        this.replies = replies;
        this.endpoints = endpoints;
    }

    /** @param hasReplies whether what its endpoints answer is counted, too */
    public ListenerCounters read(int slot, boolean hasReplies) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocateFrom(ValueLayout.JAVA_INT, slot);
            MemorySegment statsOfCpus = arena.allocate(ListenerStats.BYTES * cpus, Long.BYTES);
            MemorySegment dropsOfCpus = arena.allocate(ListenerDrops.BYTES * cpus, Long.BYTES);
            stats.get(key, statsOfCpus);
            drops.get(key, dropsOfCpus);
            return new ListenerCounters(
                    ListenerStats.sum(statsOfCpus, cpus),
                    byLabel(ListenerDrops.sum(dropsOfCpus, cpus).packets()),
                    endpoints.read(slot),
                    hasReplies ? Optional.of(replies(slot)) : Optional.empty());
        }
    }

    private static Map<String, Long> byLabel(Map<DropReason, Long> drops) {
        Map<String, Long> byLabel = new TreeMap<>();
        drops.forEach((reason, count) -> byLabel.put(reason.label(), count));
        return byLabel;
    }

    /** What a listener's endpoints have answered. */
    ReplyCounters replies(int slot) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ofCpus = arena.allocate(ListenerReplies.BYTES * cpus, Long.BYTES);
            replies.get(arena.allocateFrom(ValueLayout.JAVA_INT, slot), ofCpus);
            ListenerReplies sum = ListenerReplies.sum(ofCpus, cpus);
            return new ReplyCounters(
                    OptionalLong.empty(),
                    sum.flowsCreated(),
                    Map.of(),
                    sum.packetsForwarded(),
                    sum.bytesForwarded(),
                    byLabel(sum.packetsDropped()));
        }
    }

    public ProcessingTimes processingTimes() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ofCpus = arena.allocate(ProcessingTimes.BYTES * cpus, Long.BYTES);
            latency.get(arena.allocateFrom(ValueLayout.JAVA_INT, 0), ofCpus);
            return ProcessingTimes.sum(ofCpus, cpus);
        }
    }
}
