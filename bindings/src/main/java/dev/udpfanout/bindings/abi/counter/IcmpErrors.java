package dev.udpfanout.bindings.abi.counter;

import dev.udpfanout.bindings.generated.abi.uf_icmp_errors;
import java.lang.foreign.MemorySegment;

/**
 * ICMP errors about datagrams that were sent to endpoints: {@code struct uf_icmp_errors}, the sum over the CPUs.
 *
 * @param translated went on to the client, with its own datagram quoted
 * @param failed the kernel could not edit or send them
 */
public record IcmpErrors(long translated, long failed) {
    /** Sums the per-CPU values that a lookup in ICMP_ERRORS gives. */
    public static IcmpErrors sum(MemorySegment perCpu, int cpus) {
        long translated = 0;
        long failed = 0;
        for (int cpu = 0; cpu < cpus; cpu++) {
            MemorySegment errors = uf_icmp_errors.asSlice(perCpu, cpu);
            translated += uf_icmp_errors.pkts_translated(errors);
            failed += uf_icmp_errors.pkts_failed(errors);
        }
        return new IcmpErrors(translated, failed);
    }
}
