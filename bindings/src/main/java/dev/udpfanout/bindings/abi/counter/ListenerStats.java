package dev.udpfanout.bindings.abi.counter;

import dev.udpfanout.bindings.generated.abi.uf_stats;
import java.lang.foreign.MemorySegment;

/**
 * What a listener has done: {@code struct uf_stats}, the sum over the CPUs. Packets received = forwarded + dropped.
 *
 * @param packetsReceived datagrams that matched; a GSO super-packet counts as its segments
 * @param packetsForwarded handed to the next hop
 * @param packetsDropped not forwarded; the reasons are in {@link ListenerDrops}
 * @param bytesReceived frame bytes, with the link-layer header
 * @param bytesForwarded as above
 */
public record ListenerStats(
        long packetsReceived, long packetsForwarded, long packetsDropped, long bytesReceived, long bytesForwarded) {
    public static final ListenerStats ZERO = new ListenerStats(0, 0, 0, 0, 0);
    public static final long BYTES = uf_stats.sizeof();

    /** Sums the per-CPU values that a lookup in STATS gives. */
    public static ListenerStats sum(MemorySegment perCpu, int cpus) {
        ListenerStats sum = ZERO;
        for (int cpu = 0; cpu < cpus; cpu++) {
            MemorySegment stats = uf_stats.asSlice(perCpu, cpu);
            sum = sum.plus(new ListenerStats(
                    uf_stats.pkts_received(stats),
                    uf_stats.pkts_forwarded(stats),
                    uf_stats.pkts_dropped(stats),
                    uf_stats.bytes_received(stats),
                    uf_stats.bytes_forwarded(stats)));
        }
        return sum;
    }

    private ListenerStats plus(ListenerStats other) {
        return new ListenerStats(
                packetsReceived + other.packetsReceived,
                packetsForwarded + other.packetsForwarded,
                packetsDropped + other.packetsDropped,
                bytesReceived + other.bytesReceived,
                bytesForwarded + other.bytesForwarded);
    }
}
