package dev.udpfanout.loader.datapath.kernel.pinned;

import dev.udpfanout.bindings.abi.listener.ListenerFlag;
import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.bindings.libbpf.BpfMap;
import dev.udpfanout.loader.datapath.kernel.program.Lease;
import dev.udpfanout.loader.datapath.kernel.program.Pins;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The lease that is in the kernel: see {@link Lease}.
 *
 * @param left how long it still runs; negative: for how long it has run out
 * @param slots of the listeners that are leased; at least one
 */
public record PinnedLease(Duration left, Set<Integer> slots) {
    public PinnedLease {
        slots = Set.copyOf(slots);
    }

    /** Whether leased listeners are as if they were not there. */
    public boolean isOver() {
        return left.isNegative();
    }

    /**
     * Reads it.
     *
     * @param root where the daemon has its pins
     * @return empty if nothing is leased there
     * @throws dev.udpfanout.bindings.errno.SystemCallException if the kernel refuses to show a map: it takes CAP_BPF
     */
    public static Optional<PinnedLease> read(Path root) {
        Optional<BpfMap> listeners = BpfMap.openPinned(Pins.map(root, SharedMaps.LISTENERS.name()));
        Optional<BpfMap> lease = BpfMap.openPinned(Pins.map(root, SharedMaps.LEASE.name()));
        try {
            Set<Integer> leased = listeners.map(SharedMaps.LISTENERS::open).stream()
                    .flatMap(map -> map.entries().values().stream())
                    .filter(entry -> entry.flags().contains(ListenerFlag.LEASED) && !entry.isPass())
                    .map(entry -> entry.slot())
                    .collect(Collectors.toSet());
            return leased.isEmpty()
                    ? Optional.empty()
                    : lease.map(SharedMaps.LEASE::open).map(map -> new PinnedLease(new Lease(map).left(), leased));
        } finally {
            listeners.ifPresent(BpfMap::close);
            lease.ifPresent(BpfMap::close);
        }
    }
}
