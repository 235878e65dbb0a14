package dev.udpfanout.bindings.abi.counter;

import dev.udpfanout.bindings.generated.abi.uf_endpoint_stats;
import java.lang.foreign.MemorySegment;

/**
 * What one endpoint was sent for a listener: {@code struct uf_endpoint_stats}, the sum over the CPUs.
 *
 * @param packets datagrams; a GSO super-packet counts as its segments
 * @param bytes frame bytes, with the link-layer header
 */
public record EndpointStats(long packets, long bytes) {
    public static final EndpointStats ZERO = new EndpointStats(0, 0);

    /** Sums the per-CPU values that a lookup in ENDPOINT_STATS gives. */
    public static EndpointStats sum(MemorySegment perCpu, int cpus) {
        EndpointStats sum = ZERO;
        for (int cpu = 0; cpu < cpus; cpu++) {
            MemorySegment stats = uf_endpoint_stats.asSlice(perCpu, cpu);
            sum = sum.plus(new EndpointStats(
                    uf_endpoint_stats.pkts_forwarded(stats), uf_endpoint_stats.bytes_forwarded(stats)));
        }
        return sum;
    }

    /** Both together. */
    public EndpointStats plus(EndpointStats other) {
        return new EndpointStats(packets + other.packets, bytes + other.bytes);
    }
}
