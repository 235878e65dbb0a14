package dev.udpfanout.loader.datapath.kernel.maps;

import dev.udpfanout.bindings.abi.admission.PacketLimit;
import dev.udpfanout.bindings.libbpf.BpfMap;
import dev.udpfanout.bindings.map.ArrayMap;
import dev.udpfanout.loader.config.RateLimit;
import java.util.List;
import java.util.Map;

/**
 * The map LIMITS: how much of each listener's datagrams is forwarded. What is left at the moment is in LIMIT_BUCKETS
 * and LIMIT_SHARES, which are the program's: a new limit goes on with it, and so does a new daemon.
 */
final class RateLimits {
    private final ArrayMap<PacketLimit> map;
    private final int cpus = BpfMap.possibleCpus();
    private final List<PacketLimit> inForce;

    /** Starts from what the map holds: an earlier daemon may have filled it. */
    RateLimits(ArrayMap<PacketLimit> map) {
        this.map = map;
        this.inForce = map.all();
    }

    /**
     * Before the listeners change: puts in what is not there. What is there of other slots is not looked at by anyone.
     */
    void set(Map<Integer, RateLimit> wanted) {
        wanted.forEach((slot, limit) -> {
            int generation = inForce.get(slot).generation();
            PacketLimit same = PacketLimit.of(limit.packetsPerSecond(), limit.burst(), cpus, generation);
            if (!same.equals(inForce.get(slot))) {
                put(slot, PacketLimit.of(limit.packetsPerSecond(), limit.burst(), cpus, generation + 1));
            }
        });
    }

    /** What is in force for a slot. */
    PacketLimit of(int slot) {
        return inForce.get(slot);
    }

    /** Reads the map anew; how many elements are not as they were left. */
    int reread() {
        List<PacketLimit> found = map.all();
        int different = 0;
        for (int slot = 0; slot < inForce.size(); slot++) {
            if (!found.get(slot).equals(inForce.get(slot))) {
                inForce.set(slot, found.get(slot));
                different++;
            }
        }
        return different;
    }

    private void put(int slot, PacketLimit limit) {
        map.put(slot, limit);
        inForce.set(slot, limit);
    }
}
