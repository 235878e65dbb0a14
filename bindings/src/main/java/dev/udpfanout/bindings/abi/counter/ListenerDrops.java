package dev.udpfanout.bindings.abi.counter;

import dev.udpfanout.bindings.generated.abi.uf_drops;
import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * Datagrams of a listener that were not forwarded, by reason: {@code struct uf_drops}, the sum over the CPUs.
 *
 * @param packets every reason, also those with 0; unmodifiable
 */
public record ListenerDrops(Map<DropReason, Long> packets) {
    public static final long BYTES = uf_drops.sizeof();

    public ListenerDrops {
        packets = Collections.unmodifiableMap(new EnumMap<>(packets));
    }

    /** Sums the per-CPU values that a lookup in DROPS gives. */
    public static ListenerDrops sum(MemorySegment perCpu, int cpus) {
        Map<DropReason, Long> packets = new EnumMap<>(DropReason.class);
        for (DropReason reason : DropReason.values()) {
            long sum = 0;
            for (int cpu = 0; cpu < cpus; cpu++) {
                sum += CounterArray.at(uf_drops.pkts(uf_drops.asSlice(perCpu, cpu)), reason.code());
            }
            packets.put(reason, sum);
        }
        return new ListenerDrops(packets);
    }

    /** Datagrams dropped for one reason. */
    public long of(DropReason reason) {
        return packets.get(reason);
    }
}
