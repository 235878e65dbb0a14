package dev.udpfanout.bindings.abi.counter;

import dev.udpfanout.bindings.generated.abi.uf_early_fragments;
import java.lang.foreign.MemorySegment;

/**
 * What became of fragments that came before the one with the ports, of all listeners: {@code struct
 * uf_early_fragments}, the sum over the CPUs.
 *
 * @param received that may be for a listener
 * @param sent to endpoints: each goes to one of every listener at its address
 * @param refused received, and sent to no endpoint
 */
public record EarlyFragments(long received, long sent, long refused) {
    /** Sums the per-CPU values that a lookup in EARLY_FRAGMENTS gives. */
    public static EarlyFragments sum(MemorySegment perCpu, int cpus) {
        long received = 0;
        long sent = 0;
        long refused = 0;
        for (int cpu = 0; cpu < cpus; cpu++) {
            MemorySegment own = uf_early_fragments.asSlice(perCpu, cpu);
            received += uf_early_fragments.pkts_received(own);
            sent += uf_early_fragments.pkts_sent(own);
            refused += uf_early_fragments.pkts_refused(own);
        }
        return new EarlyFragments(received, sent, refused);
    }
}
