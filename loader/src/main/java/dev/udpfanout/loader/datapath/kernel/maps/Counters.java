package dev.udpfanout.loader.datapath.kernel.maps;

import dev.udpfanout.bindings.abi.counter.DropReason;
import dev.udpfanout.bindings.abi.counter.EarlyFragments;
import dev.udpfanout.bindings.abi.counter.IcmpErrors;
import dev.udpfanout.bindings.abi.counter.ListenerDrops;
import dev.udpfanout.bindings.abi.counter.ListenerPathMtu;
import dev.udpfanout.bindings.abi.counter.ListenerReplies;
import dev.udpfanout.bindings.abi.counter.ListenerStats;
import dev.udpfanout.bindings.abi.counter.ProcessingTimes;
import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.bindings.map.PerCpuArrayMap;
import dev.udpfanout.loader.datapath.ListenerCounters;
import dev.udpfanout.loader.datapath.ProgramCounters;
import dev.udpfanout.loader.datapath.ReplyCounters;
import dev.udpfanout.loader.datapath.kernel.program.KernelProgram;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * The maps STATS, DROPS, LATENCY, REPLIES, PATH_MTU, EARLY_FRAGMENTS and ICMP_ERRORS, and what each endpoint was sent,
 * summed over the CPUs.
 */
public final class Counters {
    private final PerCpuArrayMap<ListenerStats> stats;
    private final PerCpuArrayMap<ListenerDrops> drops;
    private final PerCpuArrayMap<ProcessingTimes> latency;
    private final PerCpuArrayMap<ListenerReplies> replies;
    private final PerCpuArrayMap<ListenerPathMtu> pathMtu;
    private final PerCpuArrayMap<EarlyFragments> earlyFragments;
    private final PerCpuArrayMap<IcmpErrors> icmpErrors;
    private final EndpointCounters endpoints;

    public Counters(KernelProgram program, EndpointCounters endpoints) {
        this.stats = program.map(SharedMaps.STATS);
        this.drops = program.map(SharedMaps.DROPS);
        this.latency = program.map(SharedMaps.LATENCY);
        this.replies = program.map(SharedMaps.REPLIES);
        this.pathMtu = program.map(SharedMaps.PATH_MTU);
        this.earlyFragments = program.map(SharedMaps.EARLY_FRAGMENTS);
        this.icmpErrors = program.map(SharedMaps.ICMP_ERRORS);
        this.endpoints = endpoints;
    }

    /** @param hasReplies whether what its endpoints answer is counted, too */
    public ListenerCounters read(int slot, boolean hasReplies) {
        return new ListenerCounters(
                stats.get(slot),
                byLabel(drops.get(slot).packets()),
                endpoints.read(slot),
                hasReplies ? Optional.of(replies(slot)) : Optional.empty(),
                Optional.of(pathMtu.get(slot)));
    }

    /** How many datagrams a listener was given. */
    public long received(int slot) {
        return stats.get(slot).packetsReceived();
    }

    private static Map<String, Long> byLabel(Map<DropReason, Long> drops) {
        Map<String, Long> byLabel = new TreeMap<>();
        drops.forEach((reason, count) -> byLabel.put(reason.label(), count));
        return byLabel;
    }

    /** What a listener's endpoints have answered. */
    private ReplyCounters replies(int slot) {
        ListenerReplies sum = replies.get(slot);
        return new ReplyCounters(
                OptionalLong.empty(),
                sum.flowsCreated(),
                Map.of(),
                sum.packetsForwarded(),
                sum.bytesForwarded(),
                byLabel(sum.packetsDropped()));
    }

    /** What a listener's flows have come to. */
    ListenerReplies flows(int slot) {
        return replies.get(slot);
    }

    /** How many slots there are. */
    int slots() {
        return stats.length();
    }

    /** What is counted for all listeners together. */
    public ProgramCounters program() {
        return new ProgramCounters(latency.get(0), earlyFragments.get(0), icmpErrors.get(0), Optional.empty());
    }
}
