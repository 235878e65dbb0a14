package dev.udpfanout.bindings.abi.netflow;

import dev.udpfanout.bindings.generated.abi.uf_netflow_stats;
import java.lang.foreign.MemorySegment;

/**
 * What is counted of a listener's exporters: {@code struct uf_netflow_stats}, the sum over the CPUs.
 *
 * @param malformed messages whose lengths lie
 * @param copied messages that were sent to endpoints as the exporter has sent them, to all
 * @param cut messages that were sent to endpoints without the data of another
 * @param notKept messages for all that TEMPLATES had no room for
 */
public record NetflowStats(long malformed, long copied, long cut, long notKept) {
    /** Sums the per-CPU values that a lookup in NETFLOW_STATS gives. */
    public static NetflowStats sum(MemorySegment perCpu, int cpus) {
        long malformed = 0;
        long copied = 0;
        long cut = 0;
        long notKept = 0;
        for (int cpu = 0; cpu < cpus; cpu++) {
            MemorySegment own = uf_netflow_stats.asSlice(perCpu, cpu);
            malformed += uf_netflow_stats.malformed(own);
            copied += uf_netflow_stats.copied(own);
            cut += uf_netflow_stats.cut(own);
            notKept += uf_netflow_stats.not_kept(own);
        }
        return new NetflowStats(malformed, copied, cut, notKept);
    }
}
