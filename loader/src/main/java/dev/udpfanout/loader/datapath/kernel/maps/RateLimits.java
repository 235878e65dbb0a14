package dev.udpfanout.loader.datapath.kernel.maps;

import dev.udpfanout.bindings.abi.Limits;
import dev.udpfanout.bindings.abi.admission.PacketLimit;
import dev.udpfanout.bindings.libbpf.BpfMap;
import dev.udpfanout.loader.config.RateLimit;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;

/**
 * The map LIMITS: how much of each listener's datagrams is forwarded. What is left at the moment is in LIMIT_BUCKETS
 * and LIMIT_SHARES, which are the program's: a new limit goes on with it, and so does a new daemon.
 */
final class RateLimits {
    private final BpfMap map;
    private final int cpus = BpfMap.possibleCpus();
    private final PacketLimit[] inForce = new PacketLimit[Limits.MAX_LISTENERS];

    /** Starts from what the map holds: an earlier daemon may have filled it. */
    RateLimits(BpfMap map) {
        this.map = map;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(PacketLimit.BYTES, Long.BYTES);
            for (int slot = 0; slot < inForce.length; slot++) {
                map.get(arena.allocateFrom(ValueLayout.JAVA_INT, slot), value);
                inForce[slot] = PacketLimit.read(value);
            }
        }
    }

    /**
     * Before the listeners change: puts in what is not there. What is there of other slots is not looked at by anyone.
     */
    void set(Map<Integer, RateLimit> wanted) {
        wanted.forEach((slot, limit) -> {
            int generation = inForce[slot].generation();
            PacketLimit same = PacketLimit.of(limit.packetsPerSecond(), limit.burst(), cpus, generation);
            if (!same.equals(inForce[slot])) {
                put(slot, PacketLimit.of(limit.packetsPerSecond(), limit.burst(), cpus, generation + 1));
            }
        });
    }

    /** What is in force for a slot. */
    PacketLimit of(int slot) {
        return inForce[slot];
    }

    private void put(int slot, PacketLimit limit) {
        try (Arena arena = Arena.ofConfined()) {
            map.put(arena.allocateFrom(ValueLayout.JAVA_INT, slot), limit.write(arena));
        }
        inForce[slot] = limit;
    }
}
