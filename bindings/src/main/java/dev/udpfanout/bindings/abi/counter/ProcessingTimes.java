package dev.udpfanout.bindings.abi.counter;

import dev.udpfanout.bindings.generated.abi.Abi;
import dev.udpfanout.bindings.generated.abi.uf_latency;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How long the program took, of one datagram in 1,024: {@code struct uf_latency}, the sum over the CPUs.
 *
 * @param upperBoundsNanos ascending; what took longer than the last is in one more bucket
 * @param counts one more than there are bounds
 * @param sumNanos of all that were measured
 */
public record ProcessingTimes(List<Long> upperBoundsNanos, List<Long> counts, long sumNanos) {
    public static final long BYTES = uf_latency.sizeof();

    public ProcessingTimes {
        upperBoundsNanos = List.copyOf(upperBoundsNanos);
        counts = List.copyOf(counts);
    }

    /** Sums the per-CPU values that a lookup in LATENCY gives. */
    public static ProcessingTimes sum(MemorySegment perCpu, int cpus) {
        long sumNanos = 0;
        List<Long> counts = new ArrayList<>();
        for (int bucket = 0; bucket < Abi.UF_LATENCY_BUCKETS(); bucket++) {
            long count = 0;
            for (int cpu = 0; cpu < cpus; cpu++) {
                count += CounterArray.at(uf_latency.buckets(uf_latency.asSlice(perCpu, cpu)), bucket);
            }
            counts.add(count);
        }
        for (int cpu = 0; cpu < cpus; cpu++) {
            sumNanos += uf_latency.sum_ns(uf_latency.asSlice(perCpu, cpu));
        }
        List<Long> bounds = IntStream.range(0, Abi.UF_LATENCY_BUCKETS() - 1)
                .mapToObj(bucket -> (long) Abi.UF_LATENCY_FIRST_NS() << bucket)
                .toList();
        return new ProcessingTimes(bounds, counts, sumNanos);
    }
}
