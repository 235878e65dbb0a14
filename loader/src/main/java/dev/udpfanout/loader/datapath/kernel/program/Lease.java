package dev.udpfanout.loader.datapath.kernel.program;

import dev.udpfanout.bindings.abi.maps.SharedMaps;
import dev.udpfanout.bindings.map.ArrayMap;
import dev.udpfanout.loader.config.ListenerConfig;
import java.time.Duration;
import java.util.Collection;

/**
 * The map LEASE: until when the program goes on with leased listeners without hearing of a daemon (lease.h). It stands
 * for all of them together, so the shortest of their leases counts. The clock is CLOCK_MONOTONIC, which
 * {@link System#nanoTime()} reads in every process of a machine.
 */
public final class Lease {
    private static final int ONLY = 0;

    private final ArrayMap<Long> until;

    public Lease(KernelProgram program) {
        this(program.map(SharedMaps.LEASE));
    }

    /** One that is pinned. */
    public Lease(ArrayMap<Long> until) {
        this.until = until;
    }

    /** Begins the term anew; without leased listeners it stays as it is. */
    public void renew(Collection<ListenerConfig> listeners) {
        listeners.stream()
                .filter(ListenerConfig::isLeased)
                .map(listener -> listener.interception().lease())
                .min(Duration::compareTo)
                .ifPresent(term -> until.put(ONLY, System.nanoTime() + term.toNanos()));
    }

    /** How long it still runs; negative: for how long it has run out. Any thread. */
    public Duration left() {
        return Duration.ofNanos(until.get(ONLY) - System.nanoTime());
    }
}
